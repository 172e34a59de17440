/** Notes on the functions of JSON. */
import { manual, type Section } from './section.ts';

export const jsonSections: readonly Section[] = [
  {
    title: 'JSON functions',
    source: manual('JSON Functions', 'json-functions'),
    functions: [
      ['JSON_ARRAY(value, …)', 'An array of the values.'],
      ['JSON_ARRAY_APPEND(document, path, value, …)', 'Values added at the ends of arrays.'],
      ['JSON_ARRAY_INSERT(document, path, value, …)', 'Values put into arrays.'],
      ['JSON_CONTAINS(document, candidate[, path])', 'Whether a document has another one in it.'],
      ['JSON_CONTAINS_PATH(document, one | all, path, …)', 'Whether one, or each, of the paths finds something.'],
      ['JSON_DEPTH(document)', 'How deep it is nested, 1 for a scalar.'],
      ['JSON_EXTRACT(document, path, …)', 'What paths find; `->` and, unquoted, `->>` are its operators.'],
      ['JSON_INSERT(document, path, value, …)', 'Values put where nothing is.'],
      ['JSON_KEYS(document[, path])', 'The names of an object’s members.'],
      ['JSON_LENGTH(document[, path])', 'How many members or items; 1 for a scalar.'],
      ['JSON_MERGE_PATCH(document, document, …)', 'Merged by RFC 7396: the later wins, null removes.'],
      ['JSON_MERGE_PRESERVE(document, document, …)', 'Merged, with all values of a name in an array.'],
      ['JSON_OBJECT(name, value, …)', 'An object.'],
      ['JSON_OVERLAPS(document, document)', 'Whether they have a member or an item in common.'],
      ['JSON_PRETTY(document)', 'In lines, indented.'],
      ['JSON_QUOTE(text)', 'The text as a JSON string.'],
      ['JSON_REMOVE(document, path, …)', 'Without what the paths find.'],
      ['JSON_REPLACE(document, path, value, …)', 'Values put where something is.'],
      ['JSON_SCHEMA_VALID(schema, document)', 'Whether a document fits a schema of draft 4.'],
      ['JSON_SCHEMA_VALIDATION_REPORT(schema, document)', 'The same, with what fails where.'],
      ['JSON_SEARCH(document, one | all, text[, escape[, path, …]])', 'The paths of strings that are LIKE a text.'],
      ['JSON_SET(document, path, value, …)', 'Values put whether something is there or not.'],
      ['JSON_STORAGE_FREE(document)', 'Always 0: documents are stored whole.'],
      ['JSON_STORAGE_SIZE(document)', 'Bytes that the document’s text takes.'],
      ['JSON_TYPE(document)', 'The word for its type.'],
      ['JSON_UNQUOTE(value)', 'The text of a JSON string.'],
      ['JSON_VALID(value)', 'Whether it is JSON.'],
      ['JSON_VALUE(document, path [RETURNING type] [… ON EMPTY] [… ON ERROR])', 'A scalar, as a type of SQL.'],
    ],
  },
];
