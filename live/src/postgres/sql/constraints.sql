select n.nspname as schema,
       c.relname as relation,
       k.conname as name,
       case k.contype when 'p' then 'primary_key' when 'u' then 'unique' when 'f' then 'foreign_key'
                      when 'x' then 'exclusion' else 'check' end as kind,
       coalesce((select pg_catalog.json_agg(a.attname order by u.at)
                 from pg_catalog.unnest(k.conkey) with ordinality as u (attnum, at)
                 join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum), '[]') as columns,
       case when k.contype = 'f' then pg_catalog.json_build_object('schema', fn.nspname, 'name', f.relname) end as "references",
       coalesce((select pg_catalog.json_agg(a.attname order by u.at)
                 from pg_catalog.unnest(k.confkey) with ordinality as u (attnum, at)
                 join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.attnum), '[]') as referenced_columns,
       case when k.contype in ('c', 'x') then pg_catalog.pg_get_constraintdef(k.oid) end as definition
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_class f on f.oid = k.confrelid
left join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
-- Triggers are no promise about the data; NOT NULL (since version 18) is on the column already.
where k.contype in ('p', 'u', 'f', 'x', 'c') and c.relkind in ('r', 'p', 'f')
  and n.nspname like any ($1::text[]) and n.nspname not like all (array['pg\_%', 'information\_schema'])
order by 1, 2, 3
