// A repository to look at, made by the command line: a shop's tables, a week of commits, a branch, tags, a README. Pushed to
// a folder, as a hub keeps it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const dolt = fileURLToPath(new URL('../bin/dolt', import.meta.url));

const README = `# Field notes of a small shop

Everything that the shop sells, who bought it and when. Prices are in euros, **without tax**.

| table | one row is |
| --- | --- |
| \`products\` | a thing on the shelf |
| \`customers\` | somebody who came back |
| \`orders\` | a basket, paid or not |

## Using it

1. Clone it, and change what you like on a branch.
2. \`call dolt_commit('-Am', 'what you did')\`
3. Push, and ask [the owners](https://example.com/owners) to merge.

> The discounts of this winter are on the branch \`feature/discounts\`.
`;

const PEOPLE = ['Ada Lovelace', 'Grace Hopper', 'Katherine Johnson', 'Emmy Noether', 'Alan Turing', 'Barbara Liskov'];
const THINGS = ['Pencil', 'Notebook', 'Ruler', 'Compass', 'Eraser', 'Ink', 'Brush', 'Easel', 'Canvas', 'Chalk'];
const KINDS = ['plain', 'fine', 'large', 'pocket', 'studio', 'school', 'travel', 'fancy'];
const NOTES = ['Made of cedar', 'Recycled paper', '', 'Arrives in spring', 'Sold in sets of three', 'Häufig bestellt'];

/**
 * Makes `ada/shop` in the folder `hub`, from a repository in `scratch`; commits end `now`, milliseconds since 1970. It is
 * pushed twice; `beforeLast` is called in between with its folder. Answers that.
 */
export function makeDemoRepository(scratch, hub, now, beforeLast = () => {}) {
  const directory = join(scratch, 'shop');
  const remote = join(hub, 'ada', 'shop');
  for (const each of [directory, remote, join(scratch, 'home')]) mkdirSync(each, { recursive: true });
  const run = (...args) =>
    execFileSync(dolt, args, {
      cwd: directory,
      env: { ...process.env, HOME: join(scratch, 'home') },
      encoding: 'utf8',
      stdio: 'pipe',
    });
  const sql = (text) => {
    writeFileSync(join(scratch, 'statements.sql'), text);
    run('sql', '-f', join(scratch, 'statements.sql'));
  };
  const commit = (message, author, hoursAgo) => {
    const date = new Date(now - hoursAgo * 3600_000).toISOString().slice(0, 19);
    run('add', '-A');
    run('commit', '-m', message, '--author', author, '--date', date);
  };
  const ada = 'Ada Lovelace <ada@example.com>';
  const grace = 'Grace Hopper <grace@example.com>';
  run('config', '--global', '--add', 'user.name', 'Ada Lovelace');
  run('config', '--global', '--add', 'user.email', 'ada@example.com');
  run('init', '--date', new Date(now - 150 * 3600_000).toISOString().slice(0, 19));
  sql(`create table products (id int primary key, name varchar(60) not null, kind varchar(20), price decimal(8,2) not null,
    stock int default 0, note text, key by_kind (kind));
  create table customers (id int primary key auto_increment, name varchar(80) not null, email varchar(120) unique, since date);
  insert into products values ${THINGS.flatMap((thing, i) =>
    KINDS.map(
      (kind, j) =>
        `(${1000 + i * 10 + j}, '${thing}, ${kind}', '${kind}', ${((i + 2) * 1.35 + j * 0.8).toFixed(2)}, ${(i * 37 + j * 11) % 90}, ${
          NOTES[(i + j * 3) % NOTES.length] === '' ? 'null' : `'${NOTES[(i + j * 3) % NOTES.length]}'`
        })`,
    ),
  )};
  insert into customers (name, email, since) values ${PEOPLE.map(
    (name, i) => `('${name}', '${name.split(' ')[0].toLowerCase()}@example.com', '20${18 + i}-0${i + 2}-1${i}')`,
  )};`);
  commit('Products and the first customers', ada, 146);
  sql(`create table orders (id int primary key, customer int not null, product int not null, amount int not null, placed datetime,
    paid boolean default false, foreign key (customer) references customers (id), foreign key (product) references products (id));
  insert into orders values ${Array.from({ length: 640 }, (_, i) => {
    const placed = new Date(now - (640 - i) * 400_000 - 100 * 3600_000).toISOString().slice(0, 19).replace('T', ' ');
    return `(${i + 1}, ${(i % 6) + 1}, ${1000 + ((i * 7) % 10) * 10 + (i % 8)}, ${(i % 4) + 1}, '${placed}', ${i % 5 !== 0})`;
  })};
  create view open_orders as select o.id, c.name, o.placed
    from orders o join customers c on c.id = o.customer where not o.paid;`);
  commit('Orders, and a view of those that are open\n\nEvery order names its customer and its product.', grace, 99);
  run('tag', 'v1.0', '-m', 'The first season');
  sql(`insert into dolt_docs values ('README.md', '${README.replaceAll('\\', '\\\\').replaceAll("'", "''")}');
  update products set stock = stock + 20 where kind = 'school';`);
  commit('A README, and the delivery of Monday', ada, 52);
  run('checkout', '-b', 'feature/discounts');
  sql(`alter table products add column discount int default 0;
  update products set discount = 15, note = 'Winter sale' where kind = 'travel';
  delete from products where id = 1096 and not exists (select 1 from orders where product = 1096);
  insert into products values (2000, 'Sealing wax', 'fancy', 6.80, 40, 'New this winter', 10);`);
  commit('Winter discounts for the travel line', grace, 28);
  run('checkout', 'main');
  sql(`update products set price = 4.95, stock = 61 where id = 1001;
  update products set note = 'Back in spring' where id in (1013, 1022);
  insert into products values (1900, 'Blotting paper', 'plain', 2.20, 120, null), (1901, 'Quill', 'fancy', 7.50, 12, 'Goose');
  delete from orders where id in (17, 18);
  update orders set paid = true where id in (21, 26, 31);`);
  commit('New prices, two new products', ada, 5);
  run('tag', 'v1.1', '-m', 'Prices of this winter');
  run('remote', 'add', 'origin', pathToFileURL(remote).href);
  for (const ref of ['main', 'feature/discounts', 'v1.0', 'v1.1']) run('push', 'origin', ref);
  beforeLast(remote);
  // The last one is pushed by a server's rules: with the commit, and with a receipt.
  run('config', '--local', '--add', 'sqlserver.global.dolt_replicate_to_remote', 'origin');
  sql(`insert into customers (name, email, since) values ('Mary Somerville', 'mary@example.com', '2026-11-26');
  call dolt_commit('-am', 'A new customer', '--author', '${grace}');`);
  return remote;
}
