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

select qty, count(*), sum(price) from t group by qty order by qty
---
qty | count(*) | sum(price)
NULL | 1 | 4.50
10 | 2 | 5.00
20 | 1 | 2.50
30 | 1 | NULL

select count(*) from t
---
count(*)
5

select count(*) from t where id >= 3
---
count(*)
3

select max(id), min(qty) from t
---
max(id) | min(qty)
5 | 10

select max(id) from t
---
max(id)
5

select max(qty) from t
---
max(qty)
30

select max(price) from t where qty = 10
---
max(price)
3.50

select a, count(*) from k group by a order by a
---
a | count(*)
NULL | 1
1 | 3
2 | 1

select count(*) from k
---
count(*)
5

select sum(qty) from t where 1 = 0
---
sum(qty)
NULL

select qty from t where 1=0 group by qty
---
qty

select qty+1 as q, sum(price) from t group by q order by q
---
q | sum(price)
NULL | 4.50
11 | 5.00
21 | 2.50
31 | NULL

select qty+1, qty+1+1 from t group by qty+1 order by 1
---
qty+1 | qty+1+1
NULL | NULL
11 | 12
21 | 22
31 | 32

select count(distinct qty), group_concat(name order by id desc separator '-') from t
---
count(distinct qty) | group_concat(name order by id desc separator '-')
3 | e-c-b-a

select case when qty > 10 then 'big' else 'small' end as size, count(*) from t group by size order by 1
---
size | count(*)
big | 2
small | 3

select qty, sum(price) / count(*) as m, avg(price) from t group by qty having m > 2 order by m, qty
---
qty | m | avg(price)
10 | 2.500000 | 2.500000
20 | 2.500000 | 2.500000
NULL | 4.500000 | 4.500000

select qty, count(*) c from t group by qty having c > 1
---
qty | c
10 | 2

select count(*) from t having count(*) > 10
---
count(*)

select qty from t having qty > 10
---
qty
20
30

select id, name, count(*) from t group by id order by id
---
id | name | count(*)
1 | a | 1
2 | b | 1
3 | c | 1
4 | NULL | 1
5 | e | 1

select t.id, t.name, count(u.id) from t left join u on u.tid = t.id group by t.id order by t.id
---
id | name | count(u.id)
1 | a | 2
2 | b | 0
3 | c | 1
4 | NULL | 0
5 | e | 0

select qty, count(*) c from t group by qty with rollup
---
qty | c
NULL | 1
10 | 2
20 | 1
30 | 1
NULL | 5

select grouping(qty), qty, count(*) from t group by qty with rollup
---
grouping(qty) | qty | count(*)
0 | NULL | 1
0 | 10 | 2
0 | 20 | 1
0 | 30 | 1
1 | NULL | 5

select qty, name, count(*) from t where qty is not null group by qty, name with rollup
---
qty | name | count(*)
10 | a | 1
10 | c | 1
10 | NULL | 2
20 | b | 1
20 | NULL | 1
30 | e | 1
30 | NULL | 1
NULL | NULL | 4

select ifnull(qty, 'total') g, count(*) from t group by qty with rollup
---
g | count(*)
total | 1
10 | 2
20 | 1
30 | 1
total | 5

select qty, (select max(note) from u where u.tid = t.qty) from t group by qty order by qty
---
qty | (select max(note) from u where u.tid = t.qty)
NULL | NULL
10 | NULL
20 | NULL
30 | NULL

select qty, (select max(note) from u where u.id = count(*)) from t group by qty order by qty
---
ERROR 1111 (HY000): Invalid use of group function

select 5 as qty, count(*) from t group by qty order by 2
---
qty | count(*)
5 | 1
5 | 1
5 | 1
5 | 2

select count(*), count(name), min(name), max(name), bit_or(id) from t
---
count(*) | count(name) | min(name) | max(name) | bit_or(id)
5 | 4 | a | e | 7

select name, max(id) from t where name = 'a'
---
name | max(id)
a | 1

select min(id) + max(id) * 2 from t
---
min(id) + max(id) * 2
11

select 1 from t group by 'x'
---
1
1

select id from t group by 1 order by 1 desc limit 1
---
id
5

select group_concat(name order by 1 desc separator ';'), group_concat(id, name order by 2, 1 separator ';') from t
---
group_concat(name order by 1 desc separator ';') | group_concat(id, name order by 2, 1 separator ';')
e;c;b;a | 1a;2b;3c;5e
