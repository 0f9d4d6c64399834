"""The cookbook as data, and as packed."""

from newsarchive.cookbook import Question, parse_cookbook

TEXT = """# Cookbook

### 1. Wat is er?

What is there,
and how much?

```sql
SELECT 1
 ORDER BY 1
```

PostgreSQL has it too:

```postgresql
SELECT 2
```

## More

### 2. Wie schreef één 'kop'?

```sql
SELECT 3
```
"""


def test_a_question_has_a_title_an_explanation_and_its_first_sql():
    first, second = parse_cookbook(TEXT)

    assert first == Question(
        1, "Wat is er?", "What is there, and how much?", "SELECT 1\n ORDER BY 1"
    )
    assert second == Question(2, "Wie schreef één 'kop'?", "", "SELECT 3")
    assert second.slug == "02-wie-schreef-n-kop"
