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

select id, row_number() over (partition by qty order by id) rn, sum(price) over (order by id) s from t order by id
---
id | rn | s
1 | 1 | 1.50
2 | 1 | 4.00
3 | 2 | 7.50
4 | 1 | 12.00
5 | 1 | 12.00

select id, lag(id) over (order by id) a, lead(id, 2, 0) over (order by id) b, ntile(2) over (order by id) c from t
---
id | a | b | c
1 | NULL | 3 | 1
2 | 1 | 4 | 1
3 | 2 | 5 | 1
4 | 3 | 0 | 2
5 | 4 | 0 | 2

select id, sum(id) over (order by id rows between 1 preceding and 1 following) s, count(*) over () c from t
---
id | s | c
1 | 3 | 5
2 | 6 | 5
3 | 9 | 5
4 | 12 | 5
5 | 9 | 5

select first_value(id) over w f, last_value(id) over w l, nth_value(id, 2) over w n from t window w as (partition by qty order by id)
---
f | l | n
4 | 4 | NULL
1 | 1 | NULL
1 | 3 | 3
2 | 2 | NULL
5 | 5 | NULL

select id, rank() over (order by qty desc) r, dense_rank() over (order by qty desc) d, percent_rank() over (order by qty desc) p, cume_dist() over (order by qty desc) c from t order by r, id
---
id | r | d | p | c
5 | 1 | 1 | 0 | 0.2
2 | 2 | 2 | 0.25 | 0.4
1 | 3 | 3 | 0.5 | 0.8
3 | 3 | 3 | 0.5 | 0.8
4 | 5 | 4 | 1 | 1

select qty, count(*) c, sum(count(*)) over (order by qty) s from t group by qty order by qty
---
qty | c | s
NULL | 1 | 1
10 | 2 | 3
20 | 1 | 4
30 | 1 | 5

select id, sum(qty) over (order by qty range between 10 preceding and current row) s from t order by qty, id
---
id | s
4 | NULL
1 | 20
3 | 20
2 | 40
5 | 50

select id, qty, sum(qty) over (order by qty desc range between unbounded preceding and 10 following) s from t order by id
---
id | qty | s
1 | 10 | 70
2 | 20 | 70
3 | 10 | 70
4 | NULL | 70
5 | 30 | 50

select id, count(*) over (order by qty groups between 1 preceding and current row) c from t order by qty, id
---
id | c
4 | 1
1 | 3
3 | 3
2 | 3
5 | 2

select * from (select id, row_number() over (order by id desc) rn from t) x where rn <= 2
---
id | rn
5 | 1
4 | 2

select id from t order by row_number() over (order by id desc) limit 2
---
id
5
4

select id, max(id) over (rows between unbounded preceding and unbounded following) m from t where id < 3
---
id | m
1 | 2
2 | 2
