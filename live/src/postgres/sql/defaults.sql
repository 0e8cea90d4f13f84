-- These take a lock on the table, so they are a part of their own.
select n.nspname as schema,
       c.relname as relation,
       a.attname as name,
       case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end as "default",
       case when a.attgenerated <> '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end as generated
from pg_catalog.pg_attrdef d
join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and n.nspname like any ($1::text[]) and n.nspname not like all (array['pg\_%', 'information\_schema'])
order by 1, 2, 3
