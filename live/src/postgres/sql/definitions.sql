-- These take a lock on what they describe, so they are a part of their own.
select n.nspname as schema,
       c.relname as name,
       case when c.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(c.oid) end as definition,
       pg_catalog.pg_get_expr(c.relpartbound, c.oid) as partition_bound,
       case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end as partition_key
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where (c.relkind in ('v', 'm', 'p') or c.relispartition and c.relkind in ('r', 'f'))
  and n.nspname like any ($1::text[]) and n.nspname not like all (array['pg\_%', 'information\_schema'])
order by 1, 2
