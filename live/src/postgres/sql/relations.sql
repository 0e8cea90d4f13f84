select n.nspname as schema,
       c.relname as name,
       case when c.relispartition then 'partition'
            when c.relkind = 'p' then 'partitioned_table'
            when c.relkind = 'v' then 'view'
            when c.relkind = 'm' then 'materialized_view'
            when c.relkind = 'f' then 'foreign_table'
            else 'table' end as kind,
       pg_catalog.pg_get_userbyid(c.relowner) as owner,
       pg_catalog.obj_description(c.oid, 'pg_class') as comment,
       -- Before version 14 a table that nobody has counted had no rows and no pages; since then it has -1 rows.
       case when c.relkind = 'v' or c.reltuples < 0
                 or (c.reltuples = 0 and c.relpages = 0
                     and pg_catalog.current_setting('server_version_num')::int < 140000) then null
            else c.reltuples::bigint end as row_estimate,
       coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object('schema', pn.nspname, 'name', p.relname) order by i.inhseqno)
                 from pg_catalog.pg_inherits i
                 join pg_catalog.pg_class p on p.oid = i.inhparent
                 join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
                 where i.inhrelid = c.oid), '[]') as parents,
       (select e.extname
        from pg_catalog.pg_depend d
        join pg_catalog.pg_extension e on e.oid = d.refobjid
        where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e'
          and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
        limit 1) as extension
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f')
  and n.nspname like any ($1::text[]) and n.nspname not like all (array['pg\_%', 'information\_schema'])
order by 1, 2
