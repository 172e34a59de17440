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

select 1, 'a', 1+1 as two
---
1 | a | two
1 | a | 2

select * from t
---
id | name | qty | price
1 | a | 10 | 1.50
2 | b | 20 | 2.50
3 | c | 10 | 3.50
4 | NULL | NULL | 4.50
5 | e | 30 | NULL

select t.*, 1 from t limit 1
---
id | name | qty | price | 1
1 | a | 10 | 1.50 | 1

select id from t where id > 2 and id <= 4
---
id
3
4

select id from t where id = '3'
---
id
3

select id from t where name = 'a' and id in (1,2,3)
---
id
1

select qty from t where qty is null
---
qty
NULL

select id from t where qty <=> null
---
id
4

select id from t where id = 1 or id = 3
---
id
1
3

select id from t where not (id < 3)
---
id
3
4
5

select id from t where id in (1, null)
---
id
1

select name from t where name between 'a' and 'b'
---
name
a
b

select name from t where name like 'a%' or qty in (20, 30)
---
name
a
b
e

select id from t where (id, qty) in ((1,10),(2,20))
---
id
1
2

select id from t where (id, qty) = (1,10)
---
id
1

select id from t where (id, qty) > (1,10) order by id
---
id
2
3
4
5

select id from t limit 2 offset 1
---
id
2
3

select id from t limit 0
---
id

select id, name from t where qty = 10 order by id desc
---
id | name
3 | c
1 | a

select * from t order by qty desc limit 2
---
id | name | qty | price
5 | e | 30 | NULL
2 | b | 20 | 2.50

select * from t order by price limit 2
---
id | name | qty | price
5 | e | 30 | NULL
1 | a | 10 | 1.50

select id x from t order by x desc limit 1
---
x
5

select id from t order by name desc, id
---
id
5
3
2
1
4

select name as id from t order by id
---
id
NULL
a
b
c
e

select t.id as n from t order by -n
---
n
5
4
3
2
1

select distinct qty from t order by qty
---
qty
NULL
10
20
30

select distinct name, qty from t order by qty + 1, name
---
name | qty
NULL | NULL
a | 10
c | 10
b | 20
e | 30

select * from k where a = 1
---
a | b
1 | x
1 | x
1 | x

select * from k order by a limit 2
---
a | b
NULL | z
1 | x

values row(1,'a'), row(2,'b') order by 1 desc
---
column_0 | column_1
2 | b
1 | a

table u
---
id | tid | note
1 | 1 | x
2 | 1 | y
3 | 3 | z
4 | 9 | w
5 | NULL | n

select @a := 5, @a
---
@a := 5 | @a
5 | 5

select 'a' = 'A', 'a' collate utf8mb4_0900_ai_ci = 'A'
---
'a' = 'A' | 'a' collate utf8mb4_0900_ai_ci = 'A'
0 | 1

create view v as select id, qty*2 as dbl from t
---
ok

select * from v where dbl > 30
---
id | dbl
2 | 40
5 | 60

create view w (x, y) as select * from v
---
ok

select y, x from w order by y, x
---
y | x
NULL | 4
20 | 1
20 | 3
40 | 2
60 | 5

select x.q from (select qty as q from t) x where x.q > 10
---
q
20
30

select * from (values row(1,2), row(3,4)) as vv(a, b)
---
a | b
1 | 2
3 | 4
