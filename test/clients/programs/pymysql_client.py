"""PyMySQL on the scenario of test/clients/scenario.ts. PyMySQL writes parameters into the statement's text itself."""

import datetime
import hashlib
import sys
import urllib.parse

import pymysql
import pymysql.cursors

settings, columns, rows, errors = {}, [], [], []
for line in sys.stdin:
    name, *fields = [None if f == "\\N" else urllib.parse.unquote(f) for f in line.rstrip("\n").split("\t")]
    if name == "columns":
        columns = fields
    elif name == "row":
        rows.append(fields)
    elif name == "error":
        errors.append(fields[0])
    else:
        settings[name] = fields[0]


def write(kind, check, *fields):
    coded = ["\\N" if f is None else urllib.parse.quote(str(f), safe="") for f in fields]
    print("\t".join([kind, urllib.parse.quote(check), *coded]))


def connect(user="root", password="", **more):
    where = {} if "unix_socket" in more else {"host": settings["host"], "port": int(settings["port"])}
    return pymysql.connect(user=user, password=password, database="shop", autocommit=True, **where, **more)


def one(connection, statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchone()


def tcp(got):
    got(*one(connect(), "select database(), user()"))


def socket(got):
    got(*one(connect(unix_socket=settings["socket"]), "select database(), user()"))


def tls(got):
    got(*one(connect("guard", "secret", ssl={"ca": settings["certificate"], "check_hostname": False}), "select user()"))


def sha2(got):
    for _ in range(2):
        got(*one(connect("ada", "geheim é".encode(), ssl_disabled=True), "select user()"))


def sha2_tls(got):
    for _ in range(2):
        got(*one(connect("bob", "geheim é".encode(), ssl={"ca": settings["certificate"], "check_hostname": False}), "select user()"))


def native(got):
    got(*one(connect("old", "secret"), "select user()"))


def refused(got):
    try:
        connect("old", "wrong")
    except pymysql.err.OperationalError as error:
        got(error.args[0], "28000")


def bound(value, binding):
    if value is None:
        return None
    if binding in ("integer", "unsigned"):
        return int(value)
    if binding in ("double", "float"):
        return float(value)
    if binding == "bytes":
        return bytes.fromhex(value)
    if binding == "bit":
        return int(value, 16)
    return value


def text(got):
    # Values as the server wrote them: no conversions of the client.
    connection = connect(conv={})
    with connection.cursor() as cursor:
        cursor.execute("delete from kinds")
    writing = connect()
    with writing.cursor() as cursor:
        for at, row in enumerate(rows):
            values = [at, *(bound(value, binding) for value, binding in zip(row, columns))]
            cursor.execute(f"insert into kinds values ({', '.join(['%s'] * len(values))})", values)
    with connection.cursor() as cursor:
        cursor.execute("select * from kinds order by id")
        for _, *row in cursor.fetchall():
            got(*(v.hex() if isinstance(v, bytes) else v for v in row))


def moment(got):
    connection = connect()
    at = datetime.datetime(2024, 2, 29, 1, 2, 3, 123456)
    with connection.cursor() as cursor:
        cursor.execute("replace into moments values (1, %s)", (at,))
    (back,) = one(connection, "select at from moments where id = 1 and at = %s", at)
    got(back.isoformat(" "))


def transaction(got):
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute("delete from accounts")
        for end in (connection.rollback, connection.commit):
            connection.begin()
            cursor.execute("insert into accounts values (1)")
            end()
            got_count = one(connect(), "select count(*) from accounts")[0]
            counts.append(got_count)
    got(*counts)


counts = []


def results(got):
    connection = connect(client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS)
    with connection.cursor() as cursor:
        cursor.execute("select 1, 2; set @a = 3; select @a")
        while True:
            for row in cursor.fetchall():
                got(*row)
            if not cursor.nextset():
                break


def errors_check(got):
    connection = connect()
    states = []
    original = pymysql.err.raise_mysql_exception

    def remember(data):
        states.append(data[4:9].decode())
        original(data)

    pymysql.protocol.err.raise_mysql_exception = remember
    for statement in errors:
        try:
            one(connection, statement)
            got("none", statement)
        except pymysql.err.MySQLError as error:
            got(error.args[0], states[-1])


def killed(got):
    connection = connect()
    (number,) = one(connection, "select connection_id()")
    one(connect(), f"kill {number}")
    try:
        one(connection, "select 1")
    except (pymysql.err.OperationalError, pymysql.err.InterfaceError):
        connection.ping(reconnect=True)
        got("lost", *one(connection, "select 1"))


def big(got):
    connection = connect(max_allowed_packet=1 << 26)
    payload = bytes(range(256)) * 78125
    one(connection, "replace into big values (1, _binary %s)", payload)
    length, digest = one(connection, "select length(b), sha1(b) from big where id = 1")
    (back,) = one(connection, "select b from big where id = 1")
    got(length, digest, "equal" if back == payload else hashlib.sha1(back).hexdigest())


def cursor(got):
    connection = connect(cursorclass=pymysql.cursors.SSCursor)
    count = total = 0
    with connection.cursor() as unbuffered:
        unbuffered.execute("select id from numbers order by id")
        for (number,) in unbuffered:
            count += 1
            total += number
    got(count, total)


def infile(got):
    connection = connect(local_infile=True)
    try:
        one(connection, f"load data local infile '{settings['certificate']}' into table accounts")
    except pymysql.err.MySQLError:
        got("refused", *one(connection, "select 1"))


CHECKS = {
    "tcp": tcp,
    "socket": socket,
    "tls": tls,
    "sha2": sha2,
    "sha2 tls": sha2_tls,
    "native": native,
    "refused": refused,
    "text": text,
    "moment": moment,
    "transaction": transaction,
    "results": results,
    "errors": errors_check,
    "killed": killed,
    "big": big,
    "cursor": cursor,
    "infile": infile,
}

for check, play in CHECKS.items():
    try:
        play(lambda *fields: write("got", check, *fields))
    except Exception as error:  # told to the test, which says what was wanted
        write("failed", check, f"{type(error).__name__}: {error}")
