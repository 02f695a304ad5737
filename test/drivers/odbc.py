# What ODBC gives of each query, as test/t/drivers.pl reads it
import os
import sys

import pyodbc


def text(value):
    if value is None:
        return '\\N'
    if isinstance(value, bool):
        return 't' if value else 'f'
    return repr(value) if isinstance(value, float) else str(value)


# BoolsAsChar=0: by default a boolean is the text 1 or 0
connection = pyodbc.connect('Driver=PostgreSQL Unicode;Servername={PGHOST};Port={PGPORT};Database={PGDATABASE};UID={PGUSER};PWD={PGPASSWORD};BoolsAsChar=0'.format(**os.environ))
for line in sys.stdin:
    name, query = line.rstrip('\n').split('\t')
    cursor = connection.cursor()
    cursor.execute(query)
    for i, row in enumerate(cursor):
        for column, value in zip(cursor.description, row):
            print(name, i, column[0], column[1].__name__, text(value), sep='\t')
            if value is not None and type(value) is not column[1]:
                sys.exit(f'{name}.{column[0]} is said to be {column[1]}, and is {type(value)}')
