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

select t.id, u.note from t join u on t.id = u.tid order by t.id, u.id
---
id | note
1 | x
1 | y
3 | z

select t.id, u.note from t left join u on t.id = u.tid and u.note <> 'x' order by t.id, u.id
---
id | note
1 | y
2 | NULL
3 | z
4 | NULL
5 | NULL

select t.id, u.note from t right join u on t.id = u.tid order by u.id
---
id | note
1 | x
1 | y
3 | z
NULL | w
NULL | n

select t.id from t join u using (id) where u.note = 'x'
---
id
1

select * from t join u using (id) limit 1
---
id | name | qty | price | tid | note
1 | a | 10 | 1.50 | 1 | x

select * from t natural join (select 1 as id) x
---
id | name | qty | price
1 | a | 10 | 1.50

select u.*, t.name from u left join t on t.id = u.tid where t.name is null order by u.id
---
id | tid | note | name
4 | 9 | w | NULL
5 | NULL | n | NULL

select t.id from t left join u on u.tid = t.id where u.id is null
---
id
2
4
5

select t.id, u.id from t left join u on u.tid = t.id where u.id > 1 order by 1, 2
---
id | id
1 | 2
3 | 3

select t1.id, t2.id from t t1 join t t2 on t1.qty = t2.qty and t1.id < t2.id
---
id | id
1 | 3

select a.id, b.id from t a cross join t b where a.id = b.id + 1 and b.qty = 10
---
id | id
2 | 1
4 | 3

select t.id, u.id from t left join (u join t t3 on u.tid = t3.id) on t.id = u.id order by 1
---
id | id
1 | 1
2 | 2
3 | 3
4 | NULL
5 | NULL

select count(*) from t, u, k
---
count(*)
125

select t.id, u.id, k.b from t, u, k where t.id = u.tid and k.a = t.id order by 1, 2, 3
---
id | id | b
1 | 1 | x
1 | 1 | x
1 | 1 | x
1 | 2 | x
1 | 2 | x
1 | 2 | x

select t.id, l.c from t, lateral (select count(*) c from u where u.tid = t.id) l order by 1
---
id | c
1 | 2
2 | 0
3 | 1
4 | 0
5 | 0

select t.id, l.note from t left join lateral (select note from u where u.tid = t.id order by note desc limit 1) l on true order by 1
---
id | note
1 | y
2 | NULL
3 | z
4 | NULL
5 | NULL

select t.id, u.note from t straight_join u on u.tid = t.id order by t.id, u.id
---
id | note
1 | x
1 | y
3 | z

select t.id from t left join u on u.tid = t.id and exists (select 1 from k where k.a = t.id) where u.id is not null order by 1
---
id
1
1

select x.id, y.id from t x left join t y on x.id = y.id and x.qty = 10 order by 1
---
id | id
1 | 1
2 | NULL
3 | 3
4 | NULL
5 | NULL

select u.*, t.* from t join (select qty, id, name as n from t where id = 1) u using (id)
---
qty | id | n | id | name | qty | price
10 | 1 | a | 1 | a | 10 | 1.50
