create table t (id int primary key, name varchar(20), qty int, price decimal(10,2), key(qty))
---
ok

insert into t values (1,'a',10,1.5),(2,'b',20,2.5),(3,'c',10,3.5),(4,null,null,4.5),(5,'e',30,null)
---
ok

create table u (id int primary key, tid int, note varchar(20), key(tid))
---
ok

insert into u values (1,1,'x'),(2,1,'y'),(3,3,'z'),(4,9,'w'),(5,null,'n')
---
ok

create table k (a int, b varchar(10), key(a))
---
ok

insert into k values (1,'x'),(1,'x'),(2,'y'),(1,'x'),(null,'z')
---
ok

explain select * from t
---
Project id, name, qty, price
 └─ Scan t (5 rows)

explain select id from t where id > 2 and id <= 4
---
Project id
 └─ Range t (2 rows)
        range > 2 and <= 4

explain select * from t where qty = 20
---
Project id, name, qty, price
 └─ Scan t (5 rows)
        where qty = 20

explain select id, qty from t where qty > 5 and qty < 15
---
Project id, qty
 └─ Range t by qty, covering (2 rows)
        range > 5 and < 15

explain select id from t order by id desc limit 2
---
Limit 2
 └─ Project id
     └─ Scan t, backwards (5 rows)

explain select * from t order by qty limit 1
---
Limit 1
 └─ Project id, name, qty, price
     └─ Scan t by qty (5 rows)

explain select count(*) from t where id >= 3
---
Project count
 └─ Count t from the tree
        range >= 3

explain select max(qty) from t
---
Project max
 └─ Aggregate
     │  max(qty)
     └─ Limit 1
         └─ Scan t by qty, covering, backwards (5 rows)
                where qty is not null

explain select t.id, u.note from t join u on t.id = u.tid
---
Project id, note
 └─ Join (hash)
     │  on id = tid
     ├─ Scan t (5 rows)
     └─ Scan u (5 rows)

explain select t.id from t left join u on u.tid = t.id where u.note = 'x'
---
Project id
 └─ Join (for each left row)
     ├─ Scan u (5 rows)
     │      where note = 'x'
     └─ Range t (1 rows)
            range = tid

explain select id from t where exists (select 1 from u where u.tid = t.id and u.note = 'y')
---
Project id
 └─ Semi join (hash)
     │  on tid = id
     ├─ Scan t (5 rows)
     └─ Scan u (5 rows)
            where note = 'y'

explain select id from t where id in (1, 3, 5)
---
Project id
 └─ Range t (3 rows)
        range = 1
        range = 3
        range = 5

explain select id from t where id = 2 and id = 3
---
Project id
 └─ Range t (1 rows)
        range = 2
        where id = 3

explain select id from t where false
---
Project id
 └─ Empty

explain with a as (select id from t) select * from a where id = 3
---
Project id
 └─ Project id
     └─ Project id
         └─ Range t (1 rows)
                range = 3

explain with a as (select id from t) select * from a x join a y on x.id = y.id
---
Project id, id
 └─ Join (hash)
     │  on id = id
     ├─ Common table 1
     │   └─ Project id
     │       └─ Scan t (5 rows)
     └─ Common table 1
         └─ Project id
             └─ Scan t (5 rows)

explain select x.id from (select id, qty from t union all select id, tid from u) x where x.qty = 1
---
Project id
 └─ union all
     ├─ Project id
     │   └─ Range t by qty, covering (0 rows)
     │          range = 1
     └─ Project id
         └─ Range u by tid, covering (2 rows)
                range = 1
