with granted as (
    select n.nspname, c.relname, null::name as attname, c.relowner as owner, (pg_catalog.aclexplode(c.relacl)).*
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f')
    union all
    select n.nspname, c.relname, a.attname, c.relowner, (pg_catalog.aclexplode(a.attacl)).*
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and not a.attisdropped
    union all
    select n.nspname, null, null, n.nspowner, (pg_catalog.aclexplode(n.nspacl)).*
    from pg_catalog.pg_namespace n
)
select g.nspname as schema,
       g.relname as relation,
       g.attname as "column",
       case g.grantee when 0 then 'public' else pg_catalog.pg_get_userbyid(g.grantee) end as grantee,
       pg_catalog.json_agg(distinct g.privilege_type) as privileges
from granted g
-- What an owner may do needs no grant.
where g.grantee <> g.owner
  and g.nspname like any ($1::text[]) and g.nspname not like all (array['pg\_%', 'information\_schema'])
group by 1, 2, 3, 4
order by 1, 2, 3, 4
