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

select id from t where exists (select 1 from u where u.tid = t.id)
---
id
1
3

select id from t where not exists (select 1 from u where u.tid = t.id)
---
id
2
4
5

select id from t where id in (select tid from u)
---
id
1
3

select id from t where id not in (select tid from u where tid is not null) order by id
---
id
2
4
5

select id from t where id not in (select tid from u)
---
id

select id from t where (id, name) in (select tid, note from u)
---
id

select id from t where (id, name) not in (select tid, note from u) order by id
---
id
1
2
3
5

select id from t where id > all (select tid from u where tid is not null)
---
id

select id from t where id > any (select tid from u)
---
id
2
3
4
5

select id from t where qty <> any (select qty from t) order by id
---
id
1
2
3
5

select id, (select count(*) from u where u.tid = t.id) n from t order by n desc, id
---
id | n
1 | 2
3 | 1
2 | 0
4 | 0
5 | 0

select id, (select note from u where u.tid = t.id order by id limit 1) from t
---
id | (select note from u where u.tid = t.id order by id limit 1)
1 | x
2 | NULL
3 | z
4 | NULL
5 | NULL

select id from t where exists (select 1 from u where u.tid = t.id and u.note = 'y') or id = 5
---
id
1
5

select id, id in (select tid from u), id not in (select tid from u) from t
---
id | id in (select tid from u) | id not in (select tid from u)
1 | 1 | 0
2 | NULL | NULL
3 | 1 | 0
4 | NULL | NULL
5 | NULL | NULL

select id from t order by (select count(*) from u where tid = t.id) desc, id
---
id
1
3
2
4
5

select id from t where price > (select avg(price) from t t2 where t2.qty = t.qty)
---
id
3

select id from t where id = (select max(tid) from u where tid < 9)
---
id
3

select (select max(id) from t where id < (select max(id) from u where u.id < x.id)) from t x order by 1
---
(select max(id) from t where id < (select max(id) from u where u.id < x.id))
NULL
NULL
1
2
3

select (id, qty) = (select id, qty from t where id = 1) from t order by id
---
(id, qty) = (select id, qty from t where id = 1)
1
0
0
0
0

select id from t where exists (select max(id) from u where u.id = 99) and id = 1
---
id
1

select * from (select id, (select count(*) from u where tid = t.id) c from t) d where c > 0 order by id
---
id | c
1 | 2
3 | 1

select count(*) from t where (select count(*) from u) > 3
---
count(*)
5
