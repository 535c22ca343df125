SELECT 'pg_ts_parser'::regclass::oid AS class, p.oid AS object, 0 AS sub,
  ARRAY['text search parser', {name:n.nspname, p.prsname}] AS path, 0 AS place,
  'TEXT SEARCH PARSER ' || {name:n.nspname, p.prsname} AS sql,
  ARRAY['definition', concat_ws(', ', 'START = ' || p.prsstart::regproc, 'GETTOKEN = ' || p.prstoken::regproc,
    'END = ' || p.prsend::regproc, 'HEADLINE = ' || CASE WHEN p.prsheadline <> 0 THEN p.prsheadline::regproc END,
    'LEXTYPES = ' || p.prslextype::regproc)] AS attributes
FROM pg_ts_parser p JOIN pg_namespace n ON n.oid = p.prsnamespace
WHERE {ours}
UNION ALL
SELECT 'pg_ts_template'::regclass, t.oid, 0, ARRAY['text search template', {name:n.nspname, t.tmplname}], 0,
  'TEXT SEARCH TEMPLATE ' || {name:n.nspname, t.tmplname},
  ARRAY['definition', concat_ws(', ', 'INIT = ' || CASE WHEN t.tmplinit <> 0 THEN t.tmplinit::regproc END,
    'LEXIZE = ' || t.tmpllexize::regproc)]
FROM pg_ts_template t JOIN pg_namespace n ON n.oid = t.tmplnamespace
WHERE {ours}
UNION ALL
SELECT 'pg_ts_dict'::regclass, d.oid, 0, ARRAY['text search dictionary', {name:n.nspname, d.dictname}], 0,
  'TEXT SEARCH DICTIONARY ' || {name:n.nspname, d.dictname},
  ARRAY['owner', {role:d.dictowner}, 'template', {name:tn.nspname, t.tmplname}, 'options', d.dictinitoption]
FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = d.dictnamespace
JOIN pg_ts_template t ON t.oid = d.dicttemplate JOIN pg_namespace tn ON tn.oid = t.tmplnamespace
WHERE {ours}
UNION ALL
SELECT 'pg_ts_config'::regclass, c.oid, 0, ARRAY['text search configuration', {name:n.nspname, c.cfgname}], 0,
  'TEXT SEARCH CONFIGURATION ' || {name:n.nspname, c.cfgname},
  ARRAY['owner', {role:c.cfgowner}, 'parser', {name:pn.nspname, p.prsname}]
FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace
JOIN pg_ts_parser p ON p.oid = c.cfgparser JOIN pg_namespace pn ON pn.oid = p.prsnamespace
WHERE {ours}
UNION ALL
SELECT 'pg_ts_config'::regclass, c.oid, -2,
  ARRAY['text search configuration', {name:n.nspname, c.cfgname}, 'mapping', quote_ident(k.alias)], min(m.maptokentype),
  'TEXT SEARCH CONFIGURATION ' || {name:n.nspname, c.cfgname},
  ARRAY['with', string_agg({name:dn.nspname, d.dictname}, ', ' ORDER BY m.mapseqno)]
FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace
JOIN pg_ts_config_map m ON m.mapcfg = c.oid
JOIN pg_ts_dict d ON d.oid = m.mapdict JOIN pg_namespace dn ON dn.oid = d.dictnamespace
CROSS JOIN LATERAL ts_token_type(c.cfgparser) k
WHERE k.tokid = m.maptokentype AND {ours}
GROUP BY c.oid, n.nspname, c.cfgname, k.alias
