SELECT 'pg_proc'::regclass::oid AS class, p.oid AS object, 0 AS sub,
  ARRAY[k.kind, {name:n.nspname, p.proname} || '(' || g.arguments || ')'] AS path, 0 AS place,
  upper(k.kind) || ' ' || {name:n.nspname, p.proname} || '(' || g.arguments || ')' AS sql,
  ARRAY['owner', {role:p.proowner},
    'arguments', CASE WHEN p.prokind <> 'a' THEN pg_get_function_arguments(p.oid) END,
    'result', CASE WHEN p.prokind <> 'a' THEN pg_get_function_result(p.oid) END,
    'window', CASE WHEN p.prokind = 'w' THEN '' END,
    'definition', CASE WHEN p.prokind <> 'a' THEN rtrim(pg_get_functiondef(p.oid), chr(10)) ELSE
      (SELECT concat_ws(', ', 'SFUNC = ' || a.aggtransfn::regproc, 'STYPE = ' || format_type(a.aggtranstype, NULL),
        'SSPACE = ' || nullif(a.aggtransspace, 0),
        'FINALFUNC = ' || CASE WHEN a.aggfinalfn <> 0 THEN a.aggfinalfn::regproc END,
        CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
        'FINALFUNC_MODIFY = ' || CASE WHEN a.aggfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END::"char" THEN
          CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
        'COMBINEFUNC = ' || CASE WHEN a.aggcombinefn <> 0 THEN a.aggcombinefn::regproc END,
        'SERIALFUNC = ' || CASE WHEN a.aggserialfn <> 0 THEN a.aggserialfn::regproc END,
        'DESERIALFUNC = ' || CASE WHEN a.aggdeserialfn <> 0 THEN a.aggdeserialfn::regproc END,
        'INITCOND = ' || quote_literal(a.agginitval),
        'MSFUNC = ' || CASE WHEN a.aggmtransfn <> 0 THEN a.aggmtransfn::regproc END,
        'MINVFUNC = ' || CASE WHEN a.aggminvtransfn <> 0 THEN a.aggminvtransfn::regproc END,
        'MSTYPE = ' || CASE WHEN a.aggmtranstype <> 0 THEN format_type(a.aggmtranstype, NULL) END,
        'MSSPACE = ' || nullif(a.aggmtransspace, 0),
        'MFINALFUNC = ' || CASE WHEN a.aggmfinalfn <> 0 THEN a.aggmfinalfn::regproc END,
        CASE WHEN a.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
        'MFINALFUNC_MODIFY = ' || CASE WHEN a.aggmfinalfn <> 0 AND a.aggmfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END::"char" THEN
          CASE a.aggmfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
        'MINITCOND = ' || quote_literal(a.aggminitval),
        'SORTOP = ' || (SELECT 'OPERATOR(' || {operator:o.oprname, o.oprnamespace} || ')' FROM pg_operator o WHERE o.oid = a.aggsortop),
        CASE WHEN a.aggkind = 'h' THEN 'HYPOTHETICAL' END,
        'PARALLEL = ' || CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' END)
      FROM pg_aggregate a WHERE a.aggfnoid = p.oid) END] AS attributes
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
CROSS JOIN LATERAL (SELECT CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END) k (kind)
CROSS JOIN LATERAL (SELECT CASE WHEN p.prokind = 'a' AND p.pronargs = 0 THEN '*' WHEN p.prokind = 'a'
    THEN pg_get_function_identity_arguments(p.oid)
    ELSE coalesce((SELECT string_agg(format_type(t.oid, NULL), ', ' ORDER BY t.place)
      FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY t (oid, place)), '') END) g (arguments)
WHERE {ours} AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid
  AND i.deptype = 'i')
UNION ALL
SELECT 'pg_operator'::regclass, o.oid, 0, ARRAY['operator', g.name], 0, 'OPERATOR ' || g.name,
  ARRAY['owner', {role:o.oprowner}, 'function', o.oprcode::regproc::text,
    'leftarg', CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) END,
    'rightarg', CASE WHEN o.oprright <> 0 THEN format_type(o.oprright, NULL) END,
    'commutator', (SELECT 'OPERATOR(' || {operator:c.oprname, c.oprnamespace} || ')' FROM pg_operator c WHERE c.oid = o.oprcom),
    'negator', (SELECT 'OPERATOR(' || {operator:c.oprname, c.oprnamespace} || ')' FROM pg_operator c WHERE c.oid = o.oprnegate),
    'restrict', CASE WHEN o.oprrest <> 0 THEN o.oprrest::regproc::text END,
    'join', CASE WHEN o.oprjoin <> 0 THEN o.oprjoin::regproc::text END,
    'hashes', CASE WHEN o.oprcanhash THEN '' END, 'merges', CASE WHEN o.oprcanmerge THEN '' END]
FROM pg_operator o
JOIN pg_namespace n ON n.oid = o.oprnamespace
CROSS JOIN LATERAL (SELECT quote_ident(n.nspname) || '.' || o.oprname || ' (' ||
  CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) ELSE 'NONE' END || ', ' ||
  CASE WHEN o.oprright <> 0 THEN format_type(o.oprright, NULL) ELSE 'NONE' END || ')') g (name)
WHERE o.oprcode <> 0 AND {ours}
UNION ALL
SELECT 'pg_opfamily'::regclass, f.oid, 0,
  ARRAY['operator family', {name:n.nspname, f.opfname} || ' USING ' || quote_ident(m.amname)], 0,
  'OPERATOR FAMILY ' || {name:n.nspname, f.opfname} || ' USING ' || quote_ident(m.amname),
  ARRAY['owner', {role:f.opfowner}, 'members', (SELECT string_agg(x.member, ', ' ORDER BY x.kind, x.member COLLATE "C") FROM (
      SELECT 1 AS kind, {amop} AS member FROM pg_amop x
      WHERE x.amopfamily = f.oid AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_amop'::regclass
        AND d.objid = x.oid AND d.refclassid = 'pg_opclass'::regclass AND d.deptype = 'i')
      UNION ALL
      SELECT 2, {amproc} FROM pg_amproc x
      WHERE x.amprocfamily = f.oid AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_amproc'::regclass
        AND d.objid = x.oid AND d.refclassid = 'pg_opclass'::regclass AND d.deptype = 'i')) x)]
FROM pg_opfamily f
JOIN pg_namespace n ON n.oid = f.opfnamespace
JOIN pg_am m ON m.oid = f.opfmethod
WHERE {ours}
UNION ALL
SELECT 'pg_opclass'::regclass, k.oid, 0,
  ARRAY['operator class', {name:n.nspname, k.opcname} || ' USING ' || quote_ident(m.amname)], 0,
  'OPERATOR CLASS ' || {name:n.nspname, k.opcname} || ' USING ' || quote_ident(m.amname),
  ARRAY['owner', {role:k.opcowner}, 'definition',
    CASE WHEN k.opcdefault THEN 'DEFAULT ' ELSE '' END || 'FOR TYPE ' || format_type(k.opcintype, NULL)
    || ' USING ' || quote_ident(m.amname) || ' FAMILY ' || {name:fn.nspname, f.opfname} || ' AS '
    || concat_ws(', ', 'STORAGE ' || CASE WHEN k.opckeytype <> 0 THEN format_type(k.opckeytype, NULL) END,
      (SELECT string_agg(x.member, ', ' ORDER BY x.kind, x.member COLLATE "C") FROM (
        SELECT 1 AS kind, {amop} AS member FROM pg_amop x JOIN pg_depend d ON d.classid = 'pg_amop'::regclass
          AND d.objid = x.oid AND d.refclassid = 'pg_opclass'::regclass AND d.refobjid = k.oid AND d.deptype = 'i'
        UNION ALL
        SELECT 2, {amproc} FROM pg_amproc x JOIN pg_depend d ON d.classid = 'pg_amproc'::regclass
          AND d.objid = x.oid AND d.refclassid = 'pg_opclass'::regclass AND d.refobjid = k.oid AND d.deptype = 'i') x),
      CASE WHEN k.opckeytype = 0 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_opclass'::regclass
        AND d.refobjid = k.oid AND d.classid IN ('pg_amop'::regclass, 'pg_amproc'::regclass) AND d.deptype = 'i')
        THEN 'STORAGE ' || format_type(k.opcintype, NULL) END)]
FROM pg_opclass k
JOIN pg_namespace n ON n.oid = k.opcnamespace
JOIN pg_am m ON m.oid = k.opcmethod
JOIN pg_opfamily f ON f.oid = k.opcfamily JOIN pg_namespace fn ON fn.oid = f.opfnamespace
WHERE {ours}
UNION ALL
SELECT 'pg_cast'::regclass, c.oid, 0, ARRAY['cast', g.name], 0, 'CAST ' || g.name,
  ARRAY['definition', CASE c.castmethod WHEN 'b' THEN 'WITHOUT FUNCTION' WHEN 'i' THEN 'WITH INOUT'
      ELSE 'WITH FUNCTION ' || c.castfunc::regprocedure END
    || CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END]
FROM pg_cast c
CROSS JOIN LATERAL (SELECT '(' || format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL) || ')') g (name)
WHERE c.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_cast'::regclass AND i.objid = c.oid
  AND i.deptype = 'i')
UNION ALL
SELECT 'pg_conversion'::regclass, c.oid, 0, ARRAY['conversion', {name:n.nspname, c.conname}], 0,
  'CONVERSION ' || {name:n.nspname, c.conname},
  ARRAY['owner', {role:c.conowner}, 'default', CASE WHEN c.condefault THEN 'DEFAULT' END,
    'definition', 'FOR ' || quote_literal(pg_encoding_to_char(c.conforencoding)) || ' TO '
      || quote_literal(pg_encoding_to_char(c.contoencoding)) || ' FROM ' || c.conproc::regproc]
FROM pg_conversion c
JOIN pg_namespace n ON n.oid = c.connamespace
WHERE {ours}
UNION ALL
SELECT 'pg_language'::regclass, l.oid, 0, ARRAY['language', quote_ident(l.lanname)], 0, 'LANGUAGE ' || quote_ident(l.lanname),
  ARRAY['owner', {role:l.lanowner}, 'trusted', CASE WHEN l.lanpltrusted THEN 'TRUSTED' END,
    'definition', concat_ws(' ', 'HANDLER ' || l.lanplcallfoid::regproc,
      'INLINE ' || CASE WHEN l.laninline <> 0 THEN l.laninline::regproc END,
      'VALIDATOR ' || CASE WHEN l.lanvalidator <> 0 THEN l.lanvalidator::regproc END)]
FROM pg_language l
WHERE l.lanispl AND l.oid >= 16384
UNION ALL
SELECT 'pg_transform'::regclass, t.oid, 0, ARRAY['transform', g.name], 0, 'TRANSFORM ' || g.name,
  ARRAY['definition', concat_ws(', ', 'FROM SQL WITH FUNCTION ' || CASE WHEN t.trffromsql <> 0 THEN t.trffromsql::regprocedure END,
    'TO SQL WITH FUNCTION ' || CASE WHEN t.trftosql <> 0 THEN t.trftosql::regprocedure END)]
FROM pg_transform t
JOIN pg_language l ON l.oid = t.trflang
CROSS JOIN LATERAL (SELECT 'FOR ' || format_type(t.trftype, NULL) || ' LANGUAGE ' || quote_ident(l.lanname)) g (name)
WHERE t.oid >= 16384
UNION ALL
SELECT 'pg_am'::regclass, m.oid, 0, ARRAY['access method', quote_ident(m.amname)], 0, 'ACCESS METHOD ' || quote_ident(m.amname),
  ARRAY['definition', 'TYPE ' || CASE m.amtype WHEN 'i' THEN 'INDEX' ELSE 'TABLE' END || ' HANDLER ' || m.amhandler::regproc]
FROM pg_am m
WHERE m.oid >= 16384
