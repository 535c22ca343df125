SELECT 'pg_constraint'::regclass::oid AS class, o.oid AS object, 0 AS sub,
  ARRAY[CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END, {name:n.nspname, c.relname},
    'constraint', quote_ident(o.conname)] AS path, 0 AS place,
  'CONSTRAINT ' || quote_ident(o.conname) || ' ON ' || {name:n.nspname, c.relname} AS sql,
  ARRAY['kind', o.contype::text,
    'definition', pg_get_constraintdef(o.oid),
    'columns', (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.place)
      FROM unnest(o.conkey) WITH ORDINALITY k (number, place)
      JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.number),
    'inherited', CASE WHEN NOT o.conislocal AND NOT c.relispartition AND o.contype = 'c' THEN '' END,
    'parent', CASE WHEN o.coninhcount > 0 AND o.contype = 'c' THEN 'yes' END] AS attributes
FROM pg_constraint o
JOIN pg_class c ON c.oid = o.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE o.contype IN ('c', 'p', 'u', 'x', 'f') AND NOT (o.contype = 'f' AND o.conparentid <> 0) AND {ours}
UNION ALL
SELECT 'pg_constraint'::regclass, o.oid, 0,
  ARRAY['domain', {name:n.nspname, t.typname}, 'constraint', quote_ident(o.conname)], 0,
  'CONSTRAINT ' || quote_ident(o.conname) || ' ON DOMAIN ' || {name:n.nspname, t.typname},
  ARRAY['definition', pg_get_constraintdef(o.oid)]
FROM pg_constraint o
JOIN pg_type t ON t.oid = o.contypid
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE o.contype = 'c' AND {ours}
UNION ALL
SELECT 'pg_class'::regclass, i.oid, 0,
  ARRAY[CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'table' END, {name:n.nspname, c.relname}]
    || CASE WHEN o.oid IS NULL THEN ARRAY['index', quote_ident(i.relname)]
       ELSE ARRAY['constraint', quote_ident(o.conname), 'index', ''] END, 0,
  'INDEX ' || {name:n.nspname, i.relname},
  ARRAY['definition', CASE WHEN o.oid IS NULL THEN pg_get_indexdef(i.oid) END,
    'with', {options:i.reloptions},
    'tablespace', quote_ident(s.spcname),
    'statistics', (SELECT string_agg(a.attnum || ' ' || a.attstattarget, ', ' ORDER BY a.attnum) FROM pg_attribute a
      WHERE a.attrelid = i.oid AND a.attstattarget >= 0),
    'cluster', CASE WHEN x.indisclustered THEN '' END,
    'replica identity', CASE WHEN x.indisreplident THEN '' END,
    'invalid', CASE WHEN NOT x.indisvalid AND c.relkind <> 'p' THEN '' END]
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_constraint o ON o.conindid = i.oid AND o.conrelid = c.oid AND o.contype IN ('p', 'u', 'x')
LEFT JOIN pg_tablespace s ON s.oid = i.reltablespace
WHERE c.relkind IN ('r', 'p', 'm') AND {ours}
UNION ALL
SELECT 'pg_class'::regclass, i.oid, -1,
  ARRAY['table', {name:n.nspname, c.relname}]
    || CASE WHEN o.oid IS NULL THEN ARRAY['index', quote_ident(i.relname)]
       ELSE ARRAY['constraint', quote_ident(o.conname), 'index', ''] END
    || ARRAY['attached', ''], 0,
  h.inhparent::regclass::text,
  ARRAY['to', h.inhparent::regclass::text, 'index', h.inhrelid::regclass::text]
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_inherits h ON h.inhrelid = i.oid
JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_constraint o ON o.conindid = i.oid AND o.conrelid = c.oid AND o.contype IN ('p', 'u', 'x')
WHERE c.relkind IN ('r', 'p') AND {ours}
UNION ALL
SELECT 'pg_statistic_ext'::regclass, s.oid, 0, ARRAY['statistics', {name:n.nspname, s.stxname}], 0,
  'STATISTICS ' || {name:n.nspname, s.stxname},
  ARRAY['owner', {role:s.stxowner}, 'definition', pg_get_statisticsobjdef(s.oid),
    'target', nullif(coalesce(s.stxstattarget, -1)::int, -1)::text]
FROM pg_statistic_ext s
JOIN pg_namespace n ON n.oid = s.stxnamespace
WHERE {ours}
--18 UNION ALL
--18 SELECT 'pg_constraint'::regclass, o.oid, 0,
--18   ARRAY[CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END, {name:n.nspname, c.relname}, 'column', quote_ident(a.attname), 'not null', ''], 0,
--18   'CONSTRAINT ' || quote_ident(o.conname) || ' ON ' || {name:n.nspname, c.relname}, '{}'
--18 FROM pg_constraint o
--18 JOIN pg_class c ON c.oid = o.conrelid
--18 JOIN pg_namespace n ON n.oid = c.relnamespace
--18 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = o.conkey[1]
--18 WHERE o.contype = 'n' AND c.relkind IN ('r', 'p', 'f') AND {ours}
--17 UNION ALL
--17 SELECT 'pg_constraint'::regclass, o.oid, 0, ARRAY['domain', {name:n.nspname, t.typname}, 'not null', ''], 0,
--17   'CONSTRAINT ' || quote_ident(o.conname) || ' ON DOMAIN ' || {name:n.nspname, t.typname}, '{}'
--17 FROM pg_constraint o
--17 JOIN pg_type t ON t.oid = o.contypid
--17 JOIN pg_namespace n ON n.oid = t.typnamespace
--17 WHERE o.contype = 'n' AND {ours}
