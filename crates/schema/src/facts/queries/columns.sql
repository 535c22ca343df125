SELECT 'pg_class'::regclass::oid AS class, c.oid AS object, a.attnum::int AS sub,
  ARRAY[k.kind, {name:n.nspname, c.relname}, CASE c.relkind WHEN 'c' THEN 'attribute' ELSE 'column' END,
    quote_ident(a.attname)] AS path, a.attnum::int AS place,
  'COLUMN ' || {name:n.nspname, c.relname} || '.' || quote_ident(a.attname) AS sql,
  ARRAY['type', format_type(a.atttypid, a.atttypmod),
    'collation', CASE WHEN a.attcollation <> t.typcollation THEN {collation:a.attcollation} END,
    'not null', CASE WHEN a.attnotnull AND c.relkind <> 'c' THEN
--18        coalesce((SELECT CASE WHEN o.conname <> left(c.relname || '_' || a.attname || '_not_null', 63)
--18          OR o.connoinherit OR NOT o.convalidated
--18          THEN 'CONSTRAINT ' || quote_ident(o.conname) || ' NOT NULL' || CASE WHEN o.connoinherit THEN ' NO INHERIT' ELSE '' END
--18          || CASE WHEN NOT o.convalidated THEN ' NOT VALID' ELSE '' END END
--18          FROM pg_constraint o WHERE o.conrelid = c.oid AND o.contype = 'n' AND o.conkey = ARRAY[a.attnum] AND o.conislocal), 'NOT NULL')
--<18        'NOT NULL'
      END,
    'storage', CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'PLAIN'
      WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END,
    'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
    'statistics', nullif(coalesce(a.attstattarget, -1)::int, -1)::text,
    'with', {options:a.attoptions},
    'options', {foreign:a.attfdwoptions},
    'inherited', CASE WHEN NOT a.attislocal AND NOT c.relispartition THEN '' END] AS attributes
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN (VALUES ('r', 'table'), ('p', 'table'), ('v', 'view'), ('m', 'materialized view'), ('f', 'foreign table'), ('c', 'type'))
  k (relkind, kind) ON k.relkind = c.relkind::text
JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attnum > 0 AND NOT a.attisdropped AND {ours}
UNION ALL
SELECT 'pg_attrdef'::regclass, d.oid, 0,
  ARRAY[CASE c.relkind WHEN 'v' THEN 'view' WHEN 'f' THEN 'foreign table' ELSE 'table' END,
    {name:n.nspname, c.relname}, 'column', quote_ident(a.attname), 'default', ''], 0,
  {name:n.nspname, c.relname} || ' ALTER COLUMN ' || quote_ident(a.attname),
  ARRAY['generated', CASE a.attgenerated WHEN 's' THEN 'STORED' WHEN 'v' THEN 'VIRTUAL' END,
    'expression', pg_get_expr(d.adbin, d.adrelid)]
FROM pg_attrdef d
JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT a.attisdropped AND {ours}
UNION ALL
SELECT 'pg_class'::regclass, s.seqrelid, 0,
  ARRAY[CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END, {name:n.nspname, c.relname},
    'column', quote_ident(a.attname), 'identity', ''], 0,
  'SEQUENCE ' || s.seqrelid::regclass,
  ARRAY['generated', CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END,
    'sequence', s.seqrelid::regclass::text,
    'unlogged', CASE WHEN q.relpersistence <> c.relpersistence THEN CASE q.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE 'LOGGED' END END,
    'start', s.seqstart::text, 'increment', s.seqincrement::text, 'minimum', s.seqmin::text,
    'maximum', s.seqmax::text, 'cache', s.seqcache::text, 'cycle', CASE WHEN s.seqcycle THEN '' END]
FROM pg_sequence s
JOIN pg_class q ON q.oid = s.seqrelid
JOIN pg_depend e ON e.classid = 'pg_class'::regclass AND e.objid = s.seqrelid AND e.deptype = 'i'
  AND e.refclassid = 'pg_class'::regclass AND e.refobjsubid > 0
JOIN pg_attribute a ON a.attrelid = e.refobjid AND a.attnum = e.refobjsubid
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attidentity <> '' AND {ours}
