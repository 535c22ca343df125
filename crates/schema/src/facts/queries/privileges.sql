WITH held (class, object, sub, path, phrase, acl, base, owner) AS (
  SELECT 'pg_class'::regclass::oid, c.oid, 0, NULL::text[],
    'ON ' || CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || c.oid::regclass, c.relacl,
    coalesce(i.initprivs, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)), c.relowner
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_init_privs i ON i.classoid = 'pg_class'::regclass AND i.objoid = c.oid AND i.objsubid = 0
  WHERE (c.relacl IS NOT NULL OR i.initprivs IS NOT NULL) AND n.nspname NOT LIKE 'pg\_t%'
  UNION ALL
  SELECT 'pg_class'::regclass, a.attrelid, a.attnum, NULL,
    '(' || quote_ident(a.attname) || ') ON TABLE ' || a.attrelid::regclass, a.attacl, i.initprivs, c.relowner
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_init_privs i ON i.classoid = 'pg_class'::regclass AND i.objoid = a.attrelid AND i.objsubid = a.attnum
  WHERE (a.attacl IS NOT NULL OR i.initprivs IS NOT NULL) AND NOT a.attisdropped
  UNION ALL
  SELECT 'pg_proc'::regclass, p.oid, 0, NULL, 'ON ' || CASE p.prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END || p.oid::regprocedure,
    p.proacl, coalesce(i.initprivs, acldefault('f', p.proowner)), p.proowner
  FROM pg_proc p LEFT JOIN pg_init_privs i ON i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid
  WHERE p.proacl IS NOT NULL OR i.initprivs IS NOT NULL
  UNION ALL
  SELECT 'pg_type'::regclass, t.oid, 0, NULL, 'ON ' || CASE t.typtype WHEN 'd' THEN 'DOMAIN ' ELSE 'TYPE ' END || format_type(t.oid, NULL),
    t.typacl, coalesce(i.initprivs, acldefault('T', t.typowner)), t.typowner
  FROM pg_type t LEFT JOIN pg_init_privs i ON i.classoid = 'pg_type'::regclass AND i.objoid = t.oid
  WHERE t.typacl IS NOT NULL OR i.initprivs IS NOT NULL
  UNION ALL
  SELECT 'pg_namespace'::regclass, n.oid, 0, NULL, 'ON ' || 'SCHEMA ' || quote_ident(n.nspname), n.nspacl,
    coalesce(i.initprivs, acldefault('n', n.nspowner)), n.nspowner
  FROM pg_namespace n LEFT JOIN pg_init_privs i ON i.classoid = 'pg_namespace'::regclass AND i.objoid = n.oid
  WHERE (n.nspacl IS NOT NULL OR i.initprivs IS NOT NULL) AND n.nspname NOT LIKE 'pg\_t%'
  UNION ALL
  SELECT 'pg_language'::regclass, l.oid, 0, NULL, 'ON ' || 'LANGUAGE ' || quote_ident(l.lanname), l.lanacl,
    coalesce(i.initprivs, acldefault('l', l.lanowner)), l.lanowner
  FROM pg_language l LEFT JOIN pg_init_privs i ON i.classoid = 'pg_language'::regclass AND i.objoid = l.oid
  WHERE l.lanispl AND (l.lanacl IS NOT NULL OR i.initprivs IS NOT NULL)
  UNION ALL
  SELECT 'pg_foreign_data_wrapper'::regclass, w.oid, 0, NULL, 'ON ' || 'FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname), w.fdwacl,
    coalesce(i.initprivs, acldefault('F', w.fdwowner)), w.fdwowner
  FROM pg_foreign_data_wrapper w LEFT JOIN pg_init_privs i ON i.classoid = 'pg_foreign_data_wrapper'::regclass AND i.objoid = w.oid
  WHERE w.fdwacl IS NOT NULL OR i.initprivs IS NOT NULL
  UNION ALL
  SELECT 'pg_foreign_server'::regclass, s.oid, 0, NULL, 'ON ' || 'FOREIGN SERVER ' || quote_ident(s.srvname), s.srvacl,
    acldefault('S', s.srvowner), s.srvowner
  FROM pg_foreign_server s WHERE s.srvacl IS NOT NULL
  UNION ALL
  SELECT 'pg_default_acl'::regclass, d.oid, 0,
    ARRAY['default privileges', concat_ws(' ', 'FOR ROLE', {role:d.defaclrole}, 'IN SCHEMA ' || quote_ident(n.nspname), 'ON', k.word)],
    'ON ' || k.word,
    d.defaclacl, CASE WHEN d.defaclnamespace = 0 THEN acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole)
      END, d.defaclrole
  FROM pg_default_acl d
  LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
  JOIN (VALUES ('r', 'TABLES'), ('S', 'SEQUENCES'), ('f', 'FUNCTIONS'), ('T', 'TYPES'), ('n', 'SCHEMAS'), ('L', 'LARGE OBJECTS'))
    k (kind, word) ON k.kind = d.defaclobjtype::text
)
SELECT h.class, h.object, h.sub,
  CASE WHEN h.path IS NULL THEN ARRAY[p.type, p.identity] ELSE h.path END
    || ARRAY[g.verb, g.privilege || CASE g.verb WHEN 'grant' THEN ' to ' ELSE ' from ' END || g.role || coalesce(' by ' || g.grantor, '')] AS path, 0 AS place, h.phrase AS sql,
  ARRAY['privilege', g.privilege, 'role', g.role, 'with grant option', g.grantable, 'by', g.grantor,
    'default for', CASE WHEN h.path IS NOT NULL THEN split_part(h.path[2], ' ON ', 1) END] AS attributes
FROM held h
LEFT JOIN LATERAL pg_identify_object(h.class, h.object, h.sub) p ON h.path IS NULL
CROSS JOIN LATERAL (
  SELECT 'grant' AS verb, x.privilege_type AS privilege, {role:x.grantee} AS role,
    CASE WHEN bool_or(x.is_grantable) THEN '' END AS grantable,
    CASE WHEN x.grantor <> h.owner THEN {role:x.grantor} END AS grantor
  FROM aclexplode(h.acl) x
  WHERE NOT EXISTS (SELECT FROM aclexplode(h.base) b WHERE b.grantee = x.grantee AND b.privilege_type = x.privilege_type
    AND b.is_grantable = x.is_grantable)
  GROUP BY x.privilege_type, x.grantee, x.grantor
  UNION ALL
  SELECT 'revoke', b.privilege_type, {role:b.grantee}, NULL, NULL
  FROM aclexplode(h.base) b
  WHERE NOT EXISTS (SELECT FROM aclexplode(coalesce(h.acl, h.base)) x WHERE x.grantee = b.grantee AND x.privilege_type = b.privilege_type)
  GROUP BY b.privilege_type, b.grantee) g
WHERE h.acl IS DISTINCT FROM h.base
