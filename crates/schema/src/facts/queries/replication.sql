SELECT 'pg_publication'::regclass::oid AS class, p.oid AS object, 0 AS sub,
  ARRAY['publication', quote_ident(p.pubname)] AS path, 0 AS place, 'PUBLICATION ' || quote_ident(p.pubname) AS sql,
  ARRAY['owner', {role:p.pubowner}, 'all tables', CASE WHEN p.puballtables THEN '' END,
    'publish', concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
      CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END),
--18    'generated columns', CASE WHEN p.pubgencols <> 'n' THEN 'stored' END,
    'via root', CASE WHEN p.pubviaroot THEN '' END] AS attributes
FROM pg_publication p
UNION ALL
SELECT 'pg_publication_rel'::regclass, r.oid, 0,
  ARRAY['publication', quote_ident(p.pubname), 'table', r.prrelid::regclass::text], 0, 'PUBLICATION ' || quote_ident(p.pubname),
  ARRAY['table', r.prrelid::regclass::text
--15    , 'columns', (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM unnest(r.prattrs) k (number)
--15      JOIN pg_attribute a ON a.attrelid = r.prrelid AND a.attnum = k.number),
--15    'where', pg_get_expr(r.prqual, r.prrelid)
    ]
FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
--15 UNION ALL
--15 SELECT 'pg_publication_namespace'::regclass, s.oid, 0,
--15   ARRAY['publication', quote_ident(p.pubname), 'schema', quote_ident(n.nspname)], 0, 'PUBLICATION ' || quote_ident(p.pubname), '{}'
--15 FROM pg_publication_namespace s JOIN pg_publication p ON p.oid = s.pnpubid JOIN pg_namespace n ON n.oid = s.pnnspid
--super UNION ALL
--super SELECT 'pg_subscription'::regclass, s.oid, 0, ARRAY['subscription', quote_ident(s.subname)], 0, 'SUBSCRIPTION ' || quote_ident(s.subname),
--super   ARRAY['owner', {role:s.subowner}, 'connection', quote_literal(s.subconninfo),
--super     'publications', (SELECT string_agg(quote_ident(x), ', ') FROM unnest(s.subpublications) x),
--super     'slot', coalesce(quote_literal(s.subslotname), 'NONE'),
--super     'binary', CASE WHEN s.subbinary THEN 'true' END,
--super<16     'streaming', CASE WHEN s.substream THEN 'on' END,
--super16     'streaming', CASE s.substream WHEN 't' THEN 'on' WHEN 'p' THEN 'parallel' WHEN 'f' THEN 'off' END,
--super15     'two phase', CASE WHEN s.subtwophasestate <> 'd' THEN 'on' END,
--super15     'disable on error', CASE WHEN s.subdisableonerr THEN 'true' END,
--super16     'origin', CASE WHEN s.suborigin <> 'any' THEN quote_literal(s.suborigin) END,
--super16     'password required', CASE WHEN NOT s.subpasswordrequired THEN 'false' END,
--super16     'run as owner', CASE WHEN s.subrunasowner THEN 'true' END,
--super17     'failover', CASE WHEN s.subfailover THEN 'true' END,
--super     'synchronous commit', CASE WHEN s.subsynccommit <> 'off' THEN quote_literal(s.subsynccommit) END]
--super FROM pg_subscription s
--super WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
