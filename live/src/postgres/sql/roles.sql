select r.rolname as name,
       r.rolcanlogin as login,
       r.rolsuper as superuser,
       coalesce((select pg_catalog.json_agg(g.rolname order by g.rolname)
                 from pg_catalog.pg_auth_members m
                 join pg_catalog.pg_roles g on g.oid = m.roleid
                 where m.member = r.oid and g.rolname not like 'pg\_%'), '[]') as member_of,
       pg_catalog.shobj_description(r.oid, 'pg_authid') as comment
from pg_catalog.pg_roles r
where r.rolname not like 'pg\_%'
order by 1
