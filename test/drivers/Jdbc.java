// What JDBC gives of each query, as test/t/drivers.pl reads it, and what it finds in the schema, as Metabase does
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.util.PGobject;

public class Jdbc {
	static String text(Object value) {
		return value == null ? "\\N" : value instanceof Boolean ? ((Boolean) value ? "t" : "f") : value.toString();
	}

	public static void main(String[] arguments) throws Exception {
		String url = String.format("jdbc:postgresql://%s:%s/%s", System.getenv("PGHOST"), System.getenv("PGPORT"), System.getenv("PGDATABASE"));
		BufferedReader queries = new BufferedReader(new InputStreamReader(System.in));
		try (Connection connection = DriverManager.getConnection(url, System.getenv("PGUSER"), System.getenv("PGPASSWORD"))) {
			for (String line; (line = queries.readLine()) != null;) {
				String[] named = line.split("\t");
				try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(named[1])) {
					ResultSetMetaData columns = rows.getMetaData();
					for (int i = 0; rows.next(); i++)
						for (int column = 1; column <= columns.getColumnCount(); column++) {
							Object value = rows.getObject(column);
							// of a type that it does not know, the class of the column is not that of the value
							String type = columns.getColumnClassName(column);
							if (value instanceof PGobject)
								type = "PGobject";
							else if (value != null && !Class.forName(type).isInstance(value))
								throw new Exception(named[0] + "." + columns.getColumnName(column) + " is said to be " + type + ", and is " + value.getClass().getName());
							System.out.println(String.join("\t", named[0], Integer.toString(i), columns.getColumnName(column), type, text(value)));
						}
				}
			}
			DatabaseMetaData catalog = connection.getMetaData();
			try (ResultSet relations = catalog.getTables(null, "star", "%", new String[] { "TABLE", "VIEW", "MATERIALIZED VIEW" })) {
				while (relations.next()) {
					String name = relations.getString("TABLE_NAME");
					List<String> key = new ArrayList<>();
					try (ResultSet columns = catalog.getPrimaryKeys(null, "star", name)) {
						while (columns.next())
							key.add(columns.getString("COLUMN_NAME"));
					}
					System.out.println(String.join("\t", "catalog", name, relations.getString("TABLE_TYPE").toLowerCase(), String.join(",", key), ""));
				}
			}
		}
	}
}
