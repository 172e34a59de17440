import com.mysql.cj.MysqlType;
import com.mysql.cj.Session;
import com.mysql.cj.conf.PropertySet;
import com.mysql.cj.jdbc.JdbcConnection;
import com.mysql.cj.protocol.ServerSession;
import com.mysql.cj.protocol.SocketConnection;
import com.mysql.cj.protocol.SocketFactory;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.Socket;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** MySQL Connector/J on the scenario of test/clients/scenario.ts, with prepared statements and cursors of the server. */
public class ConnectorJ {
  interface Got {
    void line(Object... fields);
  }

  interface Play {
    void on(Got got) throws Exception;
  }

  static final Map<String, String> settings = new HashMap<>();
  static final List<String> columns = new ArrayList<>();
  static final List<List<String>> rows = new ArrayList<>();
  static final List<String> errors = new ArrayList<>();
  static final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  static final String BINARY = "useServerPrepStmts=true";

  public static void main(String[] args) throws Exception {
    read();
    play("tcp", got -> got.line(one(open("root", "", ""), "select database(), user()", 2)));
    play("socket", got -> {
      String factory = "socketFactory=" + UnixSockets.class.getName() + "&unixSocket=" + settings.get("socket");
      got.line(one(open("root", "", factory), "select database(), user()", 2));
    });
    play("tls", got -> got.line(one(open("guard", "secret", "sslMode=REQUIRED"), "select user()", 1)));
    play("sha2", got -> {
      for (int i = 0; i < 2; i++) {
        got.line(one(open("ada", "geheim é", "allowPublicKeyRetrieval=true"), "select user()", 1));
      }
    });
    play("sha2 tls", got -> {
      for (int i = 0; i < 2; i++) got.line(one(open("bob", "geheim é", "sslMode=REQUIRED"), "select user()", 1));
    });
    play("native", got -> got.line(one(open("old", "secret", ""), "select user()", 1)));
    play("refused", got -> failure(got, () -> open("old", "wrong", "")));
    play("text", got -> kinds(got, ""));
    play("binary", got -> kinds(got, BINARY));
    play("moment", ConnectorJ::moment);
    play("transaction", ConnectorJ::transaction);
    play("results", ConnectorJ::results);
    play("errors", got -> {
      Connection connection = open("root", "", "");
      for (String statement : errors) failure(got, () -> connection.createStatement().execute(statement));
    });
    play("killed", ConnectorJ::killed);
    play("big", got -> big(got, ""));
    play("compressed", got -> big(got, "&useCompression=true"));
    play("change user", got -> {
      Connection connection = open("root", "", "allowPublicKeyRetrieval=true");
      connection.createStatement().execute("set @a = 1");
      connection.unwrap(JdbcConnection.class).changeUser("ada", "geheim é");
      got.line(one(connection, "select if(user() = 'ada@localhost', 'changed', user()), @a", 2));
    });
    play("reset", got -> {
      Connection connection = open("root", "", "");
      Statement statement = connection.createStatement();
      statement.execute("delete from accounts");
      statement.execute("set @a = 1");
      connection.setAutoCommit(false);
      statement.execute("insert into accounts values (1)");
      connection.unwrap(JdbcConnection.class).resetServerState();
      got.line(one(connection, "select user(), @a, (select count(*) from accounts)", 3));
    });
    play("cursor", ConnectorJ::cursor);
    play("infile", got -> {
      Connection connection = open("root", "", "allowLoadLocalInfile=true");
      try {
        String load = "load data local infile '" + settings.get("certificate") + "' into table accounts";
        connection.createStatement().execute(load);
      } catch (SQLException refused) {
        got.line("refused", one(connection, "select 1", 1)[0]);
      }
    });
  }

  /** The driver leaves socket files to whoever needs them: a factory of its interface over the channel of Java. */
  public static class UnixSockets implements SocketFactory {
    @Override
    @SuppressWarnings("unchecked")
    public <T extends Closeable> T connect(String host, int port, PropertySet properties, int timeout)
        throws IOException {
      Path path = Path.of(properties.exposeAsProperties().getProperty("unixSocket"));
      SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
      return (T) new ChannelSocket(channel);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T extends Closeable> T performTlsHandshake(SocketConnection connection, ServerSession session)
        throws IOException {
      return (T) connection.getMysqlSocket();
    }

    @Override
    public boolean isLocallyConnected(Session session) {
      return true;
    }
  }

  /** As much of a socket as the driver asks for. */
  static class ChannelSocket extends Socket {
    private final SocketChannel channel;

    ChannelSocket(SocketChannel channel) {
      this.channel = channel;
    }

    @Override
    public InputStream getInputStream() {
      return Channels.newInputStream(channel);
    }

    @Override
    public OutputStream getOutputStream() {
      return Channels.newOutputStream(channel);
    }

    @Override
    public boolean isConnected() {
      return channel.isConnected();
    }

    @Override
    public boolean isClosed() {
      return !channel.isOpen();
    }

    @Override
    public void setSoTimeout(int timeout) {}

    @Override
    public int getSoTimeout() {
      return 0;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  static void read() throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      List<String> fields = new ArrayList<>();
      for (String field : line.split("\t", -1)) {
        fields.add(field.equals("\\N") ? null : URLDecoder.decode(field.replace("+", "%2B"), StandardCharsets.UTF_8));
      }
      String name = fields.remove(0);
      if (name.equals("columns")) columns.addAll(fields);
      else if (name.equals("row")) rows.add(fields);
      else if (name.equals("error")) errors.add(fields.get(0));
      else settings.put(name, fields.get(0));
    }
  }

  static void play(String check, Play play) {
    try {
      play.on(fields -> write("got", check, fields));
    } catch (Exception error) {
      write("failed", check, error);
    }
  }

  static void write(String kind, String check, Object... fields) {
    StringBuilder line = new StringBuilder(kind).append('\t').append(encoded(check));
    for (Object field : fields) line.append('\t').append(field == null ? "\\N" : encoded(field.toString()));
    out.println(line);
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  static Connection open(String user, String password, String options) throws SQLException {
    String tls = options.contains("sslMode") ? "" : "&sslMode=DISABLED";
    String types = "&tinyInt1isBit=false&yearIsDateType=false";
    String url = "jdbc:mysql://" + settings.get("host") + ":" + settings.get("port") + "/shop?" + options + tls + types;
    return DriverManager.getConnection(url, user, password);
  }

  static Object[] one(Connection connection, String query, int width) throws SQLException {
    try (ResultSet result = connection.createStatement().executeQuery(query)) {
      result.next();
      Object[] row = new Object[width];
      for (int i = 0; i < width; i++) row[i] = result.getString(i + 1);
      return row;
    }
  }

  interface Failing {
    void run() throws SQLException;
  }

  static void failure(Got got, Failing failing) {
    try {
      failing.run();
      got.line("none");
    } catch (SQLException error) {
      got.line(error.getErrorCode(), error.getSQLState());
    }
  }

  static void kinds(Got got, String options) throws SQLException {
    Connection connection = open("root", "", options);
    connection.createStatement().execute("delete from kinds");
    String marks = "?" + ", ?".repeat(columns.size());
    try (PreparedStatement insert = connection.prepareStatement("insert into kinds values (" + marks + ")")) {
      for (int at = 0; at < rows.size(); at++) {
        insert.setInt(1, at);
        for (int i = 0; i < columns.size(); i++) bind(insert, i + 2, columns.get(i), rows.get(at).get(i));
        insert.executeUpdate();
      }
    }
    try (PreparedStatement select = connection.prepareStatement("select * from kinds where id >= ? order by id")) {
      select.setInt(1, 0);
      ResultSet result = select.executeQuery();
      while (result.next()) {
        Object[] row = new Object[columns.size()];
        for (int i = 0; i < row.length; i++) row[i] = value(result, i + 2, columns.get(i));
        got.line(row);
      }
    }
  }

  static void bind(PreparedStatement insert, int at, String binding, String value) throws SQLException {
    if (value == null) {
      insert.setNull(at, Types.VARCHAR);
      return;
    }
    switch (binding) {
      case "integer" -> insert.setLong(at, Long.parseLong(value));
      case "unsigned" -> insert.setObject(at, new BigInteger(value), MysqlType.BIGINT_UNSIGNED);
      case "double" -> insert.setDouble(at, Double.parseDouble(value));
      case "float" -> insert.setFloat(at, Float.parseFloat(value));
      case "decimal" -> insert.setBigDecimal(at, new BigDecimal(value));
      case "bytes", "bit" -> insert.setBytes(at, HexFormat.of().parseHex(value));
      default -> insert.setString(at, value);
    }
  }

  static String value(ResultSet result, int at, String binding) throws SQLException {
    if (!binding.equals("bytes") && !binding.equals("bit")) return result.getString(at);
    byte[] bytes = result.getBytes(at);
    return bytes == null ? null : HexFormat.of().formatHex(bytes);
  }

  static void moment(Got got) throws SQLException {
    Connection connection = open("root", "", BINARY);
    PreparedStatement insert = connection.prepareStatement("replace into moments values (2, ?)");
    insert.setObject(1, LocalDateTime.of(2024, 2, 29, 1, 2, 3, 123_456_000));
    insert.executeUpdate();
    ResultSet result = connection.prepareStatement("select at from moments where id = 2").executeQuery();
    result.next();
    LocalDateTime back = result.getObject(1, LocalDateTime.class);
    got.line(back.format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS")));
  }

  static void transaction(Got got) throws SQLException {
    Connection connection = open("root", "", "");
    connection.createStatement().execute("delete from accounts");
    connection.setAutoCommit(false);
    List<Object> counts = new ArrayList<>();
    for (boolean commits : new boolean[] {false, true}) {
      connection.createStatement().execute("insert into accounts values (1)");
      if (commits) connection.commit();
      else connection.rollback();
      counts.add(one(open("root", "", ""), "select count(*) from accounts", 1)[0]);
    }
    got.line(counts.toArray());
  }

  static void results(Got got) throws SQLException {
    Statement statement = open("root", "", "allowMultiQueries=true").createStatement();
    boolean hasRows = statement.execute("select 1, 2; set @a = 3; select @a");
    while (hasRows || statement.getUpdateCount() >= 0) {
      if (hasRows) {
        ResultSet result = statement.getResultSet();
        int width = result.getMetaData().getColumnCount();
        while (result.next()) {
          Object[] row = new Object[width];
          for (int i = 0; i < width; i++) row[i] = result.getString(i + 1);
          got.line(row);
        }
      }
      hasRows = statement.getMoreResults();
    }
  }

  static void killed(Got got) throws SQLException {
    Connection connection = open("root", "", "");
    open("root", "", "").createStatement().execute("kill " + one(connection, "select connection_id()", 1)[0]);
    try {
      one(connection, "select 1", 1);
    } catch (SQLException lost) {
      if (lost.getSQLState().startsWith("08")) got.line("lost", one(open("root", "", ""), "select 1", 1)[0]);
    }
  }

  static void big(Got got, String options) throws SQLException {
    Connection connection = open("root", "", BINARY + "&maxAllowedPacket=67108864" + options);
    byte[] payload = new byte[20_000_000];
    for (int i = 0; i < payload.length; i++) payload[i] = (byte) i;
    PreparedStatement insert = connection.prepareStatement("replace into big values (1, ?)");
    insert.setBytes(1, payload);
    insert.executeUpdate();
    Object[] facts = one(connection, "select length(b), sha1(b) from big where id = 1", 2);
    ResultSet result = connection.prepareStatement("select b from big where id = 1").executeQuery();
    result.next();
    got.line(facts[0], facts[1], Arrays.equals(result.getBytes(1), payload) ? "equal" : "other");
  }

  static void cursor(Got got) throws SQLException {
    Connection connection = open("root", "", "useCursorFetch=true");
    PreparedStatement select = connection.prepareStatement("select id from numbers order by id");
    select.setFetchSize(250);
    ResultSet result = select.executeQuery();
    long count = 0;
    long sum = 0;
    while (result.next()) {
      count++;
      sum += result.getLong(1);
      // Only with a cursor may another statement run in between.
      if (count % 1000 == 0) one(connection, "select 1", 1);
    }
    got.line(count, sum);
  }
}
