SELECT 'pg_class'::regclass::oid AS class, c.oid AS object, 0 AS sub,
  ARRAY[lower(k.word), {name:n.nspname, c.relname}] AS path, 0 AS place,
  k.word || ' ' || {name:n.nspname, c.relname} AS sql,
  ARRAY['owner', {role:c.relowner},
    'unlogged', CASE c.relpersistence WHEN 'u' THEN '' END,
    'partition by', CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END,
    'of', CASE WHEN c.reloftype <> 0 THEN c.reloftype::regtype::text END,
    'inherits', CASE WHEN NOT c.relispartition THEN (
      SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
      FROM pg_inherits i WHERE i.inhrelid = c.oid) END,
    'using', CASE WHEN m.amname <> 'heap' THEN quote_ident(m.amname) END,
    'tablespace', quote_ident(s.spcname),
    'with', {options:c.reloptions},
    'toast', (SELECT {options:t.reloptions} FROM pg_class t WHERE t.oid = c.reltoastrelid),
    'row security', CASE WHEN c.relrowsecurity THEN '' END,
    'force row security', CASE WHEN c.relforcerowsecurity THEN '' END,
    'replica identity', CASE WHEN c.relkind IN ('r', 'p', 'm') THEN
      CASE c.relreplident WHEN 'n' THEN 'NOTHING' WHEN 'f' THEN 'FULL' END END,
    'server', quote_ident(w.srvname),
    'options', {foreign:f.ftoptions},
    'definition', CASE WHEN c.relkind IN ('v', 'm') THEN rtrim(pg_get_viewdef(c.oid), ';') END] AS attributes
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN (VALUES ('r', 'TABLE'), ('p', 'TABLE'), ('v', 'VIEW'), ('m', 'MATERIALIZED VIEW'), ('f', 'FOREIGN TABLE'))
  k (kind, word) ON k.kind = c.relkind::text
LEFT JOIN pg_am m ON m.oid = c.relam
LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid
LEFT JOIN pg_foreign_server w ON w.oid = f.ftserver
WHERE {ours}
UNION ALL
SELECT 'pg_class'::regclass, c.oid, -1,
  ARRAY[CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END, {name:n.nspname, c.relname}, 'partition', ''], 0,
  i.inhparent::regclass::text,
  ARRAY['of', i.inhparent::regclass::text, 'bound', pg_get_expr(c.relpartbound, c.oid)]
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_inherits i ON i.inhrelid = c.oid
WHERE c.relispartition AND c.relkind IN ('r', 'p', 'f') AND {ours}
UNION ALL
SELECT 'pg_class'::regclass, c.oid, 0,
  ARRAY['sequence', {name:n.nspname, c.relname}], 0,
  'SEQUENCE ' || {name:n.nspname, c.relname},
  ARRAY['owner', {role:c.relowner},
    'unlogged', CASE c.relpersistence WHEN 'u' THEN '' END,
    'type', format_type(s.seqtypid, NULL),
    'start', s.seqstart::text, 'increment', s.seqincrement::text, 'minimum', s.seqmin::text,
    'maximum', s.seqmax::text, 'cache', s.seqcache::text, 'cycle', CASE WHEN s.seqcycle THEN '' END]
FROM pg_sequence s
JOIN pg_class c ON c.oid = s.seqrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {ours} AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
  AND d.deptype = 'i')
UNION ALL
SELECT 'pg_class'::regclass, c.oid, -1,
  ARRAY['sequence', {name:n.nspname, c.relname}, 'owned by', ''], 0,
  'SEQUENCE ' || {name:n.nspname, c.relname},
  ARRAY['column', d.refobjid::regclass::text || '.' || quote_ident(a.attname)]
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
  AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype = 'a'
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.relkind = 'S' AND {ours}
