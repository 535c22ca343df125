SELECT 'pg_type'::regclass::oid AS class, t.oid AS object, 0 AS sub,
  ARRAY['enum', {name:n.nspname, t.typname}] AS path, 0 AS place, 'TYPE ' || {name:n.nspname, t.typname} AS sql,
  ARRAY['owner', {role:t.typowner},
    'labels', (SELECT string_agg(quote_literal(e.enumlabel), chr(10) ORDER BY e.enumsortorder) FROM pg_enum e
      WHERE e.enumtypid = t.oid)] AS attributes
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND {ours}
UNION ALL
SELECT 'pg_type'::regclass, t.oid, 0, ARRAY['domain', {name:n.nspname, t.typname}], 0,
  'DOMAIN ' || {name:n.nspname, t.typname},
  ARRAY['owner', {role:t.typowner}, 'type', format_type(t.typbasetype, t.typtypmod),
    'collation', CASE WHEN t.typcollation <> b.typcollation THEN {collation:t.typcollation} END,
    'not null', CASE WHEN t.typnotnull THEN
--17      coalesce((SELECT CASE WHEN o.conname <> left(t.typname || '_not_null', 63)
--17        THEN 'CONSTRAINT ' || quote_ident(o.conname) || ' NOT NULL' END FROM pg_constraint o
--17        WHERE o.contypid = t.oid AND o.contype = 'n'), 'NOT NULL')
--<17      'NOT NULL'
      END,
    'default', coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault))]
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_type b ON b.oid = t.typbasetype
WHERE t.typtype = 'd' AND {ours}
UNION ALL
SELECT 'pg_type'::regclass, t.oid, 0, ARRAY['type', {name:n.nspname, t.typname}], 0,
  'TYPE ' || {name:n.nspname, t.typname}, ARRAY['owner', {role:t.typowner}]
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
WHERE t.typtype = 'c' AND {ours}
UNION ALL
SELECT 'pg_type'::regclass, t.oid, 0, ARRAY['range', {name:n.nspname, t.typname}], 0,
  'TYPE ' || {name:n.nspname, t.typname},
  ARRAY['owner', {role:t.typowner}, 'definition', concat_ws(', ', 'subtype = ' || format_type(r.rngsubtype, NULL),
      'multirange_type_name = ' || {name:mn.nspname, m.typname},
      'subtype_opclass = ' || CASE WHEN NOT k.opcdefault THEN {name:kn.nspname, k.opcname} END,
      'collation = ' || CASE WHEN r.rngcollation <> b.typcollation THEN {collation:r.rngcollation} END,
      'canonical = ' || CASE WHEN r.rngcanonical <> 0 THEN r.rngcanonical::regproc::text END,
      'subtype_diff = ' || CASE WHEN r.rngsubdiff <> 0 THEN r.rngsubdiff::regproc::text END)]
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
JOIN pg_range r ON r.rngtypid = t.oid JOIN pg_type b ON b.oid = r.rngsubtype
JOIN pg_type m ON m.oid = r.rngmultitypid JOIN pg_namespace mn ON mn.oid = m.typnamespace
JOIN pg_opclass k ON k.oid = r.rngsubopc JOIN pg_namespace kn ON kn.oid = k.opcnamespace
WHERE t.typtype = 'r' AND {ours}
UNION ALL
SELECT 'pg_type'::regclass, t.oid, 0,
  ARRAY[CASE WHEN t.typisdefined THEN 'base type' ELSE 'shell type' END, {name:n.nspname, t.typname}], 0,
  'TYPE ' || {name:n.nspname, t.typname},
  ARRAY['owner', {role:t.typowner},
    'definition', CASE WHEN t.typisdefined THEN concat_ws(', ', 'INPUT = ' || t.typinput::regproc, 'OUTPUT = ' || t.typoutput::regproc,
      'RECEIVE = ' || CASE WHEN t.typreceive <> 0 THEN t.typreceive::regproc END,
      'SEND = ' || CASE WHEN t.typsend <> 0 THEN t.typsend::regproc END,
      'TYPMOD_IN = ' || CASE WHEN t.typmodin <> 0 THEN t.typmodin::regproc END,
      'TYPMOD_OUT = ' || CASE WHEN t.typmodout <> 0 THEN t.typmodout::regproc END,
      'ANALYZE = ' || CASE WHEN t.typanalyze <> 0 THEN t.typanalyze::regproc END,
      'SUBSCRIPT = ' || CASE WHEN t.typsubscript <> 0 THEN t.typsubscript::regproc END,
      'INTERNALLENGTH = ' || CASE t.typlen WHEN -1 THEN 'VARIABLE' ELSE t.typlen::text END,
      CASE WHEN t.typbyval THEN 'PASSEDBYVALUE' END,
      'ALIGNMENT = ' || CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'i' THEN 'int4' ELSE 'double' END,
      'STORAGE = ' || CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END,
      'CATEGORY = ' || CASE WHEN t.typcategory <> 'U' THEN quote_literal(t.typcategory::text) END,
      CASE WHEN t.typispreferred THEN 'PREFERRED = true' END,
      'DEFAULT = ' || quote_literal(t.typdefault),
      'ELEMENT = ' || CASE WHEN t.typelem <> 0 THEN format_type(t.typelem, NULL) END,
      'DELIMITER = ' || CASE WHEN t.typdelim <> ',' THEN quote_literal(t.typdelim::text) END,
      CASE WHEN t.typcollation <> 0 THEN 'COLLATABLE = true' END) END]
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype IN ('b', 'p') AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
  AND NOT (t.typtype = 'p' AND t.typisdefined) AND {ours}
UNION ALL
SELECT 'pg_collation'::regclass, c.oid, 0, ARRAY['collation', {name:n.nspname, c.collname}], 0,
  'COLLATION ' || {name:n.nspname, c.collname},
  ARRAY['owner', {role:c.collowner}, 'definition', concat_ws(', ',
    'provider = ' || CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' WHEN 'd' THEN 'default' ELSE 'libc' END,
    CASE WHEN NOT c.collisdeterministic THEN 'deterministic = false' END,
--17    'locale = ' || quote_literal(c.colllocale),
--15<17    'locale = ' || quote_literal(c.colliculocale),
--16    'rules = ' || quote_literal(c.collicurules),
--<15    CASE WHEN c.collprovider = 'i' THEN 'locale = ' || quote_literal(c.collcollate) END,
--<15    CASE WHEN c.collprovider <> 'i' THEN 'lc_collate = ' || quote_literal(c.collcollate) END,
--<15    CASE WHEN c.collprovider <> 'i' THEN 'lc_ctype = ' || quote_literal(c.collctype) END
--15    'lc_collate = ' || quote_literal(c.collcollate), 'lc_ctype = ' || quote_literal(c.collctype)
    )]
FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
WHERE {ours}
