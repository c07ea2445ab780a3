-- The inverted index of kb_document: how often a token stands in a document, its title counted twice.
with tokens as (

    select doc_id, unnest({{ kb_tokens(kb_searched()) }}) as token
    from {{ ref('kb_document') }}

)

select
    doc_id,
    token,
    count(*) as occurrences
from tokens
group by doc_id, token
