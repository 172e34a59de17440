// How many everyday statements the parser reads a second: `node bench/parse.mjs [seconds]`. Time is the processor's, so that a
// busy machine changes little. Each text is new to the engine: nothing is kept from one to the next but the words met before.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const seconds = Number(process.argv[2] ?? 5);

/** `n` makes each round's texts differ from those before. */
const everyday = (n) => [
  `select * from users where id = ${n}`,
  `select id, name, email from users where email = 'user${n}@example.com' limit 1`,
  `SELECT COUNT(*) FROM orders WHERE status = 'open' AND created_at >= '2024-01-01 00:00:00'`,
  `select o.id, o.total, c.name from orders o join customers c on c.id = o.customer_id where o.id in (${n}, 2, 3, 4, 5)`,
  `SELECT \`users\`.\`id\`, \`users\`.\`name\` AS \`n\`, \`users\`.\`email\` FROM \`users\` WHERE \`users\`.\`id\` = ${n} LIMIT 1`,
  `insert into users (id, name, email, created_at) values (${n}, 'Ada', 'ada@example.com', now())`,
  `INSERT INTO log (level, message) VALUES ('info', 'it''s done'), ('warn', 'retry ${n}'), ('error', 'gave up')`,
  `insert into counters values (${n}, 1) on duplicate key update hits = hits + values(hits)`,
  `update users set name = 'Grace', updated_at = current_timestamp where id = ${n}`,
  `UPDATE orders SET total = total * 1.1, status = 'paid' WHERE id = ${n} AND status <> 'paid'`,
  `delete from sessions where expires_at < now() and user_id = ${n}`,
  `replace into settings (\`key\`, value) values ('theme', 'dark')`,
  `begin`,
  `commit`,
  `set autocommit = 1`,
  `SET NAMES utf8mb4 COLLATE utf8mb4_0900_ai_ci`,
  `show tables`,
  `show full columns from \`orders\``,
  `select c.name, sum(o.total) as total from customers c left join orders o on o.customer_id = c.id group by c.name having total > ${n} order by total desc limit 10`,
  `select date_format(created_at, '%Y-%m') m, count(distinct user_id) from events where type like 'page%' group by m order by m`,
  `select case when total > 100 then 'large' when total > 10 then 'medium' else 'small' end as size, count(*) from orders group by size`,
  `select id from products p where exists (select 1 from stock s where s.product_id = p.id and s.amount > ${n}) and price between 10 and 20`,
  `with recent as (select * from orders where created_at > '2024-06-01') select customer_id, count(*) from recent group by customer_id`,
  `select name, rank() over (partition by team order by score desc) r from players where season = ${n}`,
  `select a.id from a union all select b.id from b order by id limit 20 offset ${n}`,
  `create table if not exists notes (id int primary key auto_increment, body varchar(200) not null default '', author int, key (author))`,
  `alter table notes add column pinned tinyint(1) not null default 0 after body`,
  `call dolt_commit('-am', 'change ${n}')`,
  `select @@version_comment limit 1`,
  `select if(x is null, 'none', concat(x, '-', ${n})) from t where (a = 1 or b = 2) and not (c is null) order by d, e desc`,
];

const outfile = join(root, 'node_modules/.cache/bench/parse.mjs');
mkdirSync(dirname(outfile), { recursive: true });
await build({
  entryPoints: [join(root, 'src/sql/syntax/parse.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
});
const { parseStatement } = await import(pathToFileURL(outfile).href);

/** Statements a second of processor time. */
function rate(forSeconds) {
  let statements = 0;
  let used = 0;
  for (let n = 1; used < forSeconds * 1e6; ) {
    const texts = Array.from({ length: 100 }, () => everyday(n++)).flat();
    const before = process.cpuUsage();
    for (const text of texts) parseStatement(text);
    const { user, system } = process.cpuUsage(before);
    used += user + system;
    statements += texts.length;
  }
  return statements / (used / 1e6);
}

rate(Math.min(1, seconds));
console.log(`${everyday(1).length} everyday statements, ${Math.round(rate(seconds))} parsed a second`);
