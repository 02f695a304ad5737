# What psycopg2 gives of each query, as test/t/drivers.pl reads it, of what types pandas makes its columns, and what SQLAlchemy
# finds in the schema, as Superset does
import json
import sys

import pandas
import psycopg2
import sqlalchemy


def text(value, type_name):
    if value is None:
        return '\\N'
    if type_name == 'jsonb':
        return json.dumps(value)
    if isinstance(value, list):
        return '{' + ','.join(map(str, value)) + '}'
    if isinstance(value, bool):
        return 't' if value else 'f'
    return repr(value) if isinstance(value, float) else str(value)


connection = psycopg2.connect('')
engine = sqlalchemy.create_engine('postgresql+psycopg2://')
for line in sys.stdin:
    name, query = line.rstrip('\n').split('\t')
    with connection.cursor() as cursor:
        cursor.execute(query)
        columns = cursor.description
        types = {}
        with connection.cursor() as names:
            for column in columns:
                names.execute('SELECT typname FROM pg_type WHERE oid = %s', (column.type_code,))
                types[column.name] = names.fetchone()[0]
        for i, row in enumerate(cursor):
            for column, value in zip(columns, row):
                print(name, i, column.name, type(value).__name__, text(value, types[column.name]), sep='\t')
    for column, dtype in pandas.read_sql(sqlalchemy.text(query), engine.connect()).dtypes.items():
        print('pandas', name, column, dtype, '', sep='\t')
inspector = sqlalchemy.inspect(engine)
for kind, names in ('table', inspector.get_table_names('star')), ('view', inspector.get_view_names('star')):
    for name in names:
        print('catalog', name, kind, ','.join(inspector.get_pk_constraint(name, 'star')['constrained_columns']), '', sep='\t')
