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

select id from t union select tid from u order by 1
---
id
NULL
1
2
3
4
5
9

select id from t union all select tid from u order by 1 limit 3
---
id
NULL
1
1

select id from t intersect select tid from u order by 1
---
id
1
3

select id from t except select tid from u order by 1
---
id
2
4
5

select a from k intersect all select 1 from t order by 1
---
a
1
1
1

select a from k except all select 1 order by 1
---
a
NULL
1
1
2

select 1 union select 2 union all select 2 order by 1 desc limit 2
---
1
2
2

(select id from t order by id desc limit 1) union (select id from u order by id limit 1) order by 1
---
id
1
5

select 1 as a union select 'x'
---
a
1
x

select 1.5 as a union select 2 order by a
---
a
1.5
2.0

select null union select 3 order by 1
---
NULL
NULL
3

select id from (select id from t union all select id from u) x where id = 2
---
id
2
2

with a as (select id from t where id < 4) select x.id, y.id from a x join a y on x.id = y.id + 1
---
id | id
2 | 1
3 | 2

with a (n) as (select id from t), b as (select n + 1 as m from a) select m from b order by m
---
m
2
3
4
5
6

with recursive c as (select 1 as n union all select n+1 from c where n < 5) select * from c
---
n
1
2
3
4
5

with recursive c(n, s) as (select 1, 'a' union select n+1, concat(s, 'b') from c where n < 4) select * from c
---
n | s
1 | a
2 | ab
3 | abb
4 | abbb

with recursive c(n) as (select 1 union select (n * 2) % 7 from c) select * from c
---
n
1
2
4

with recursive d (id, tid) as (select id, tid from u where id = 3 union all select u.id, u.tid from u join d on u.id = d.tid) select * from d limit 5
---
id | tid
3 | 3
3 | 3
3 | 3
3 | 3
3 | 3

with recursive c(n) as (select 1 union all select n + 1 from c) select * from c
---
ERROR 3636 (HY000): Recursive query aborted after 1001 iterations. Try increasing @@cte_max_recursion_depth to a larger value.

select id from t where id in (with a as (select tid from u) select tid from a) order by id
---
id
1
3
