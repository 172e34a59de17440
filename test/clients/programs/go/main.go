// go-sql-driver/mysql on the scenario of test/clients/scenario.ts: what has parameters is prepared on the server.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

var (
	background = context.Background()
	settings   = map[string]string{}
	columns    []string
	rows       [][]*string
	failing    []string
)

type got func(fields ...any)

func main() {
	check(read())
	check(trust(settings["certificate"]))
	plays := []struct {
		check string
		play  func(got) error
	}{
		{"tcp", func(g got) error { return line(g, open("root", "", "tcp", ""), "select database(), user()") }},
		{"socket", func(g got) error { return line(g, open("root", "", "unix", ""), "select database(), user()") }},
		{"tls", func(g got) error { return line(g, open("guard", "secret", "tcp", "tls=ours"), "select user()") }},
		{"sha2", func(g got) error { return twice(g, "ada", "") }},
		{"sha2 tls", func(g got) error { return twice(g, "bob", "tls=ours") }},
		{"native", func(g got) error { return line(g, open("old", "secret", "tcp", ""), "select user()") }},
		{"refused", func(g got) error { return failure(g, open("old", "wrong", "tcp", ""), "select 1") }},
		{"text", func(g got) error { return kinds(g, "select * from kinds order by id") }},
		{"binary", func(g got) error { return kinds(g, "select * from kinds where id >= ? order by id", 0) }},
		{"moment", moment},
		{"transaction", transaction},
		{"results", results},
		{"errors", func(g got) error {
			db := open("root", "", "tcp", "")
			for _, statement := range failing {
				if err := failure(g, db, statement); err != nil {
					return err
				}
			}
			return nil
		}},
		{"killed", killed},
		{"big", func(g got) error { return big(g, "") }},
		{"compressed", func(g got) error { return big(g, "compress=true") }},
		{"cursor", cursor},
		{"infile", infile},
	}
	for _, each := range plays {
		name := each.check
		g := func(fields ...any) { write("got", name, fields...) }
		if err := each.play(g); err != nil {
			write("failed", name, err.Error())
		}
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func read() error {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	for in.Scan() {
		var fields []*string
		for _, field := range strings.Split(in.Text(), "\t") {
			if field == `\N` {
				fields = append(fields, nil)
				continue
			}
			text, err := url.PathUnescape(field)
			if err != nil {
				return err
			}
			fields = append(fields, &text)
		}
		switch name := *fields[0]; name {
		case "columns":
			for _, field := range fields[1:] {
				columns = append(columns, *field)
			}
		case "row":
			rows = append(rows, fields[1:])
		case "error":
			failing = append(failing, *fields[1])
		default:
			settings[name] = *fields[1]
		}
	}
	return in.Err()
}

func write(kind, check string, fields ...any) {
	parts := []string{kind, url.PathEscape(check)}
	for _, field := range fields {
		if field == nil {
			parts = append(parts, `\N`)
		} else {
			parts = append(parts, url.PathEscape(fmt.Sprint(field)))
		}
	}
	fmt.Println(strings.Join(parts, "\t"))
}

func trust(certificate string) error {
	pem, err := os.ReadFile(certificate)
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return mysql.RegisterTLSConfig("ours", &tls.Config{RootCAs: pool, ServerName: "localhost"})
}

func open(user, password, network, options string) *sql.DB {
	address := settings["host"] + ":" + settings["port"]
	if network == "unix" {
		address = settings["socket"]
	}
	db, err := sql.Open("mysql", fmt.Sprintf("%s:%s@%s(%s)/shop?%s", user, password, network, address, options))
	check(err)
	return db
}

// The only row of a query.
func line(g got, db *sql.DB, query string) error {
	result, err := db.Query(query)
	if err != nil {
		return err
	}
	return lines(g, result)
}

func twice(g got, user, options string) error {
	for i := 0; i < 2; i++ {
		if err := line(g, open(user, "geheim é", "tcp", options), "select user()"); err != nil {
			return err
		}
	}
	return nil
}

// Every row of the result that comes next.
func lines(g got, result *sql.Rows) error {
	names, err := result.Columns()
	if err != nil {
		return err
	}
	for result.Next() {
		values := make([]sql.NullString, len(names))
		places := make([]any, len(names))
		for i := range values {
			places[i] = &values[i]
		}
		if err := result.Scan(places...); err != nil {
			return err
		}
		fields := make([]any, len(names))
		for i, value := range values {
			if value.Valid {
				fields[i] = value.String
			}
		}
		g(fields...)
	}
	return result.Err()
}

func failure(g got, db *sql.DB, statement string) error {
	_, err := db.Exec(statement)
	var told *mysql.MySQLError
	if !errors.As(err, &told) {
		return fmt.Errorf("%s: %v", statement, err)
	}
	g(told.Number, string(told.SQLState[:]))
	return nil
}

func bound(value *string, binding string) (any, error) {
	if value == nil {
		return nil, nil
	}
	switch binding {
	case "integer":
		return strconv.ParseInt(*value, 10, 64)
	case "unsigned":
		return strconv.ParseUint(*value, 10, 64)
	case "double", "float":
		return strconv.ParseFloat(*value, 64)
	case "bytes", "bit":
		return hex.DecodeString(*value)
	}
	return *value, nil
}

func kinds(g got, query string, parameters ...any) error {
	db := open("root", "", "tcp", "")
	if _, err := db.Exec("delete from kinds"); err != nil {
		return err
	}
	insert, err := db.Prepare("insert into kinds values (?" + strings.Repeat(", ?", len(columns)) + ")")
	if err != nil {
		return err
	}
	for at, row := range rows {
		values := []any{at}
		for i, value := range row {
			each, err := bound(value, columns[i])
			if err != nil {
				return err
			}
			values = append(values, each)
		}
		if _, err := insert.Exec(values...); err != nil {
			return err
		}
	}
	result, err := db.Query(query, parameters...)
	if err != nil {
		return err
	}
	return lines(func(fields ...any) {
		for i, binding := range columns {
			if text, isText := fields[i+1].(string); isText && (binding == "bytes" || binding == "bit") {
				fields[i+1] = hex.EncodeToString([]byte(text))
			}
		}
		g(fields[1:]...)
	}, result)
}

func moment(g got) error {
	db := open("root", "", "tcp", "parseTime=true")
	at := time.Date(2024, 2, 29, 1, 2, 3, 123_456_000, time.UTC)
	if _, err := db.Exec("replace into moments values (3, ?)", at); err != nil {
		return err
	}
	var back time.Time
	if err := db.QueryRow("select at from moments where id = ? and at = ?", 3, at).Scan(&back); err != nil {
		return err
	}
	g(back.Format("2006-01-02 15:04:05.000000"))
	return nil
}

func transaction(g got) error {
	db := open("root", "", "tcp", "")
	if _, err := db.Exec("delete from accounts"); err != nil {
		return err
	}
	var counts []any
	for _, end := range []func(*sql.Tx) error{(*sql.Tx).Rollback, (*sql.Tx).Commit} {
		transaction, err := db.Begin()
		if err != nil {
			return err
		}
		if _, err := transaction.Exec("insert into accounts values (?)", 1); err != nil {
			return err
		}
		if err := end(transaction); err != nil {
			return err
		}
		var count int
		if err := db.QueryRow("select count(*) from accounts").Scan(&count); err != nil {
			return err
		}
		counts = append(counts, count)
	}
	g(counts...)
	return nil
}

func results(g got) error {
	result, err := open("root", "", "tcp", "multiStatements=true").Query("select 1, 2; set @a = 3; select @a")
	if err != nil {
		return err
	}
	for more := true; more; more = result.NextResultSet() {
		if err := lines(g, result); err != nil {
			return err
		}
	}
	return result.Err()
}

func killed(g got) error {
	db := open("root", "", "tcp", "")
	connection, err := db.Conn(background)
	if err != nil {
		return err
	}
	var number int
	if err := connection.QueryRowContext(background, "select connection_id()").Scan(&number); err != nil {
		return err
	}
	if _, err := open("root", "", "tcp", "").Exec("kill ?", number); err != nil {
		return err
	}
	if _, err := connection.ExecContext(background, "do 1"); err == nil {
		return errors.New("the connection is still there")
	}
	connection.Close()
	var one int
	if err := db.QueryRow("select 1").Scan(&one); err != nil {
		return err
	}
	g("lost", one)
	return nil
}

func big(g got, options string) error {
	db := open("root", "", "tcp", "maxAllowedPacket=67108864&"+options)
	payload := make([]byte, 20_000_000)
	for i := range payload {
		payload[i] = byte(i)
	}
	if _, err := db.Exec("replace into big values (1, ?)", payload); err != nil {
		return err
	}
	var length int
	var sum string
	var back []byte
	query := "select length(b), sha1(b), b from big where id = ?"
	if err := db.QueryRow(query, 1).Scan(&length, &sum, &back); err != nil {
		return err
	}
	same := "other"
	if bytes.Equal(back, payload) {
		same = "equal"
	}
	g(length, sum, same)
	return nil
}

func cursor(g got) error {
	result, err := open("root", "", "tcp", "").Query("select id from numbers where id > ? order by id", 0)
	if err != nil {
		return err
	}
	var count, sum, number int
	for result.Next() {
		if err := result.Scan(&number); err != nil {
			return err
		}
		count++
		sum += number
	}
	g(count, sum)
	return result.Err()
}

func infile(g got) error {
	db := open("root", "", "tcp", "allowAllFiles=true")
	if _, err := db.Exec("load data local infile '" + settings["certificate"] + "' into table accounts"); err == nil {
		return nil
	}
	var one int
	if err := db.QueryRow("select 1").Scan(&one); err != nil {
		return err
	}
	g("refused", one)
	return nil
}
