SELECT 'pg_namespace'::regclass::oid AS class, n.oid AS object, 0 AS sub, ARRAY['schema', quote_ident(n.nspname)] AS path, 0 AS place,
  'SCHEMA ' || quote_ident(n.nspname) AS sql,
  ARRAY['owner', CASE WHEN n.nspname <> 'public' OR n.nspowner <> {public owner} THEN {role:n.nspowner} END] AS attributes
FROM pg_namespace n
WHERE {ours}
UNION ALL
SELECT 'pg_extension'::regclass, x.oid, 0, ARRAY['extension', quote_ident(x.extname)], 0, 'EXTENSION ' || quote_ident(x.extname),
  ARRAY['schema', quote_ident(n.nspname)]
FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace
WHERE x.oid >= 16384
