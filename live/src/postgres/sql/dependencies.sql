select distinct n.nspname as schema,
       c.relname as relation,
       pg_catalog.jsonb_build_object('schema', fn.nspname, 'name', f.relname) as "from"
from pg_catalog.pg_rewrite r
join pg_catalog.pg_class c on c.oid = r.ev_class
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and d.objid = r.oid
                           and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.deptype = 'n'
join pg_catalog.pg_class f on f.oid = d.refobjid
join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
where c.relkind in ('v', 'm') and f.relkind in ('r', 'p', 'v', 'm', 'f') and f.oid <> c.oid
  and n.nspname like any ($1::text[]) and n.nspname not like all (array['pg\_%', 'information\_schema'])
  and fn.nspname like any ($1::text[]) and fn.nspname not like all (array['pg\_%', 'information\_schema'])
order by 1, 2, 3
