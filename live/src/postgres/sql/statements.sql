-- Literals of these are $1 and so on. A utility statement keeps its own, passwords among them, so it is never asked for.
select r.rolname as "user",
       s.query as query,
       s.calls as calls,
       s.rows as rows,
       s.{total} as total_ms
from {schema}.pg_stat_statements s
left join pg_catalog.pg_roles r on r.oid = s.userid
where s.dbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
  and s.query ~* '^\s*(/\*([^*]|\*[^/])*\*/\s*|--[^\n]*\n\s*)*(select|with|insert|update|delete|merge|values|table)\M'
order by s.calls desc, s.query
limit {limit}
