/** The whole schema as text, from the catalogue: what migrations made, in an order that does not depend on them. */
import type { Database } from '../src/store/database.ts';

const ours = `n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_temp'`;
/** Leaves out what extensions brought. */
const notOfExtension = (catalogue: string, oid: string) =>
  `not exists (select from pg_depend d where d.classid = '${catalogue}'::regclass and d.objid = ${oid} and d.deptype = 'e')`;

const sections: readonly (readonly [title: string, query: string])[] = [
  ['extensions', `select extname as line from pg_extension where extname <> 'plpgsql' order by 1`],
  [
    'tables',
    `select n.nspname || '.' || c.relname || case c.relkind when 'p' then ' partitioned' when 'v' then ' view' else '' end
       || case when c.relrowsecurity then ' row level security' else '' end
       || case when c.relforcerowsecurity then ' forced' else '' end || E'\\n' ||
       (select string_agg('  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
          || case when a.attnotnull then ' not null' else '' end
          || case when a.attidentity <> '' then ' identity' else '' end
          || coalesce(case when a.attgenerated <> '' then ' generated ' else ' default ' end || pg_get_expr(ad.adbin, ad.adrelid), ''),
          E'\\n' order by a.attnum)
        from pg_attribute a left join pg_attrdef ad on ad.adrelid = a.attrelid and ad.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as line
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v') and not c.relispartition and ${ours} and ${notOfExtension('pg_class', 'c.oid')}
     order by n.nspname, c.relname`,
  ],
  [
    'constraints',
    `select con.conrelid::regclass || ' ' || con.conname || ' ' || pg_get_constraintdef(con.oid) as line
     from pg_constraint con join pg_class c on c.oid = con.conrelid join pg_namespace n on n.oid = c.relnamespace
     where con.contype <> 'n' and not c.relispartition and ${ours} order by con.conrelid::regclass::text, con.conname`,
  ],
  [
    'indexes',
    `select pg_get_indexdef(i.indexrelid) as line
     from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
     where not c.relispartition and ${ours} order by 1`,
  ],
  [
    'policies',
    `select schemaname || '.' || tablename || ' ' || policyname || ' for ' || lower(cmd)
       || ' to ' || case when policyname = 'owner_all' then 'the owner' else array_to_string(roles, ', ') end
       || coalesce(' using (' || qual || ')', '') || coalesce(' with check (' || with_check || ')', '') as line
     from pg_policies order by 1`,
  ],
  [
    'functions',
    `select pg_get_functiondef(p.oid) as line from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where p.prokind = 'f' and ${ours} and ${notOfExtension('pg_proc', 'p.oid')}
     order by n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)`,
  ],
  [
    'triggers',
    `select pg_get_triggerdef(t.oid) as line from pg_trigger t join pg_class c on c.oid = t.tgrelid
     where not t.tgisinternal and not c.relispartition order by 1`,
  ],
  [
    'grants on tables',
    `select table_schema || '.' || table_name || ' ' || grantee || ': ' || string_agg(lower(privilege_type), ', ' order by privilege_type) as line
     from information_schema.role_table_grants join pg_class c on c.oid = format('%I.%I', table_schema, table_name)::regclass
     where grantee like 'daymark_%' and grantee not like '%_login' and not c.relispartition
     group by table_schema, table_name, grantee order by 1`,
  ],
  [
    'grants on columns',
    `select table_schema || '.' || table_name || '.' || column_name || ' ' || grantee || ': ' || string_agg(lower(privilege_type), ', ' order by privilege_type) as line
     from information_schema.column_privileges g
     where grantee like 'daymark_%' and grantee not like '%_login' and not exists (
       select from information_schema.role_table_grants t where t.table_schema = g.table_schema and t.table_name = g.table_name
         and t.grantee = g.grantee and t.privilege_type = g.privilege_type)
     group by table_schema, table_name, column_name, grantee order by 1`,
  ],
  [
    'grants on functions',
    `select n.nspname || '.' || p.proname || ': ' || coalesce(string_agg(distinct case when a.grantee = 0 then 'public' else a.grantee::regrole::text end, ', '), 'nobody') as line
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     left join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a on a.grantee <> p.proowner
     where p.prokind = 'f' and ${ours} and ${notOfExtension('pg_proc', 'p.oid')}
     group by n.nspname, p.oid, p.proname order by 1`,
  ],
];

/** Reads the schema over the owner's connection. */
export async function dumpSchema(owner: Database): Promise<string> {
  const parts: string[] = ['-- Made from the migrations; the test beside it says how to renew it.\n'];
  for (const [title, query] of sections) {
    const rows = await owner.sql.dynamicRows<{ line: string }>(query);
    parts.push(`-- ${title}\n${rows.map((row) => row.line.trimEnd()).join('\n')}\n`);
  }
  return parts.join('\n');
}
