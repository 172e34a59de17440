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

select nosuch from t
---
ERROR 1054 (42S22): Unknown column 'nosuch' in 'field list'

select t.nosuch from t
---
ERROR 1054 (42S22): Unknown column 't.nosuch' in 'field list'

select z.id from t
---
ERROR 1054 (42S22): Unknown column 'z.id' in 'field list'

select id from nosuch
---
ERROR 1146 (42S02): Table 'db.nosuch' doesn't exist

select id from t where nosuch = 1
---
ERROR 1054 (42S22): Unknown column 'nosuch' in 'where clause'

select id from t, u
---
ERROR 1052 (23000): Column 'id' in field list is ambiguous

select * from t, t
---
ERROR 1066 (42000): Not unique table/alias: 't'

select z.* from t
---
ERROR 1051 (42S02): Unknown table 'z'

select id from t order by 7
---
ERROR 1054 (42S22): Unknown column '7' in 'order clause'

select id from t group by 7
---
ERROR 1054 (42S22): Unknown column '7' in 'group statement'

select count(*) from t where sum(id) > 1
---
ERROR 1111 (HY000): Invalid use of group function

select qty, name from t group by qty
---
ERROR 1055 (42000): Expression #2 of SELECT list is not in GROUP BY clause and contains nonaggregated column 'db.t.name' which is not functionally dependent on columns in GROUP BY clause; this is incompatible with sql_mode=only_full_group_by

select id, count(*) from t
---
ERROR 1140 (42000): In aggregated query without GROUP BY, expression #1 of SELECT list contains nonaggregated column 'db.t.id'; this is incompatible with sql_mode=only_full_group_by

select (select id from t)
---
ERROR 1242 (21000): Subquery returns more than 1 row

select (select 1, 2)
---
ERROR 1241 (21000): Operand should contain 1 column(s)

select id from t where id in (select 1, 2)
---
ERROR 1241 (21000): Operand should contain 1 column(s)

select (1, 2)
---
ERROR 1241 (21000): Operand should contain 1 column(s)

select 1 union select 1, 2
---
ERROR 1222 (21000): The used SELECT statements have a different number of columns

select * from (select 1 as a, 2 as a) x
---
ERROR 1060 (42S21): Duplicate column name 'a'

select * from (select 1)
---
ERROR 1248 (42000): Every derived table must have its own alias

select distinct qty from t order by id
---
ERROR 3065 (HY000): Expression #1 of ORDER BY clause is not in SELECT list, references column 'db.t.id' which is not in SELECT list; this is incompatible with DISTINCT

select row_number() over nosuch from t
---
ERROR 3579 (HY000): Window name 'nosuch' is not defined.

select id from t where row_number() over () = 1
---
ERROR 3593 (HY000): You cannot use the window function 'row_number' in this context.'

select nosuchfunction(1)
---
ERROR 1305 (42000): FUNCTION db.nosuchfunction does not exist

select id from t order by nosuch
---
ERROR 1054 (42S22): Unknown column 'nosuch' in 'order clause'

values row(1), row(1,2)
---
ERROR 1136 (21S01): Column count doesn't match value count at row 2

select t.id from t join u on t.id = k.a
---
ERROR 1054 (42S22): Unknown column 'k.a' in 'on clause'

with a as (select 1), a as (select 2) select * from a
---
ERROR 1066 (42000): Not unique table/alias: 'a'
