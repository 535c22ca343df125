SELECT 'pg_trigger'::regclass::oid AS class, t.oid AS object, 0 AS sub,
  ARRAY[k.kind, {name:n.nspname, c.relname}, 'trigger', quote_ident(t.tgname)] AS path, 0 AS place,
  'TRIGGER ' || quote_ident(t.tgname) || ' ON ' || {name:n.nspname, c.relname} AS sql,
  ARRAY['definition', CASE WHEN t.tgparentid = 0 THEN pg_get_triggerdef(t.oid) END,
    'of partition', CASE WHEN t.tgparentid <> 0 THEN '' END,
    'enabled', CASE WHEN t.tgparentid <> 0 OR t.tgenabled <> 'O' THEN
      CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END
      END] AS attributes
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN (VALUES ('r', 'table'), ('p', 'table'), ('v', 'view'), ('f', 'foreign table')) k (relkind, kind)
  ON k.relkind = c.relkind::text
LEFT JOIN pg_trigger u ON u.oid = t.tgparentid
WHERE ((NOT t.tgisinternal AND t.tgparentid = 0) OR t.tgenabled <> u.tgenabled) AND {ours}
UNION ALL
SELECT 'pg_rewrite'::regclass, r.oid, 0,
  ARRAY[k.kind, {name:n.nspname, c.relname}, 'rule', quote_ident(r.rulename)], 0,
  'RULE ' || quote_ident(r.rulename) || ' ON ' || {name:n.nspname, c.relname},
  ARRAY['definition', rtrim(pg_get_ruledef(r.oid), ';'),
    'enabled', CASE r.ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END]
FROM pg_rewrite r
JOIN pg_class c ON c.oid = r.ev_class
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN (VALUES ('r', 'table'), ('p', 'table'), ('v', 'view')) k (relkind, kind) ON k.relkind = c.relkind::text
WHERE NOT (r.rulename = '_RETURN' AND r.ev_type = '1') AND {ours}
UNION ALL
SELECT 'pg_policy'::regclass, p.oid, 0,
  ARRAY['table', {name:n.nspname, c.relname}, 'policy', quote_ident(p.polname)], 0,
  'POLICY ' || quote_ident(p.polname) || ' ON ' || {name:n.nspname, c.relname},
  ARRAY['restrictive', CASE WHEN NOT p.polpermissive THEN '' END,
    'for', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
    'to', (SELECT string_agg(x.role, ', ' ORDER BY x.role COLLATE "C")
      FROM (SELECT {role:r} AS role FROM unnest(p.polroles) r) x),
    'using', pg_get_expr(p.polqual, p.polrelid),
    'check', pg_get_expr(p.polwithcheck, p.polrelid)]
FROM pg_policy p
JOIN pg_class c ON c.oid = p.polrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {ours}
UNION ALL
SELECT 'pg_event_trigger'::regclass, e.oid, 0, ARRAY['event trigger', quote_ident(e.evtname)], 0,
  'EVENT TRIGGER ' || quote_ident(e.evtname),
  ARRAY['owner', {role:e.evtowner}, 'on', e.evtevent::text,
    'tags', (SELECT string_agg(quote_literal(t), ', ') FROM unnest(e.evttags) t),
    'function', e.evtfoid::regproc::text,
    'enabled', CASE e.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END]
FROM pg_event_trigger e
