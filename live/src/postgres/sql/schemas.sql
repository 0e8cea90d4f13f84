select n.nspname as name,
       pg_catalog.pg_get_userbyid(n.nspowner) as owner,
       pg_catalog.obj_description(n.oid, 'pg_namespace') as comment
from pg_catalog.pg_namespace n
where n.nspname like any ($1::text[]) and n.nspname not like all (array['pg\_%', 'information\_schema'])
order by 1
