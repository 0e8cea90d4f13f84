select n.nspname as schema,
       c.relname as relation,
       a.attname as name,
       a.attnum as position,
       pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
       not a.attnotnull as nullable,
       case a.attidentity when 'a' then 'always' when 'd' then 'by default' end as identity,
       pg_catalog.col_description(c.oid, a.attnum) as comment
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and n.nspname like any ($1::text[]) and n.nspname not like all (array['pg\_%', 'information\_schema'])
order by 1, 2, a.attnum
