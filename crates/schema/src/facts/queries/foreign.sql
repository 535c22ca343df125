SELECT 'pg_foreign_data_wrapper'::regclass::oid AS class, w.oid AS object, 0 AS sub,
  ARRAY['foreign data wrapper', quote_ident(w.fdwname)] AS path, 0 AS place,
  'FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname) AS sql,
  ARRAY['owner', {role:w.fdwowner}, 'handler', CASE WHEN w.fdwhandler <> 0 THEN w.fdwhandler::regproc::text END,
    'validator', CASE WHEN w.fdwvalidator <> 0 THEN w.fdwvalidator::regproc::text END, 'options', {foreign:w.fdwoptions}] AS attributes
FROM pg_foreign_data_wrapper w
WHERE w.oid >= 16384
UNION ALL
SELECT 'pg_foreign_server'::regclass, s.oid, 0, ARRAY['server', quote_ident(s.srvname)], 0, 'SERVER ' || quote_ident(s.srvname),
  ARRAY['owner', {role:s.srvowner}, 'type', quote_literal(s.srvtype), 'version', quote_literal(s.srvversion),
    'wrapper', quote_ident(w.fdwname), 'options', {foreign:s.srvoptions}]
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
UNION ALL
SELECT 'pg_user_mapping'::regclass, m.umid, 0,
  ARRAY['server', quote_ident(m.srvname), 'user mapping', g.role], 0,
  'USER MAPPING FOR ' || g.role || ' SERVER ' || quote_ident(m.srvname),
  ARRAY['options', {foreign:m.umoptions}]
FROM pg_user_mappings m
CROSS JOIN LATERAL (SELECT {role:m.umuser}) g (role)
