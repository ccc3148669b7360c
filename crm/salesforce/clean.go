package salesforce

import (
	"encoding/json"

	"linecard/clean"
)

// UnmarshalJSON reads an error as the org tells it. Its words go through: an admin wrote those of a validation rule, and
// anything may stand in them.
func (e *apiError) UnmarshalJSON(b []byte) error {
	type plainError apiError // without this method
	var p plainError
	if err := json.Unmarshal(b, &p); err != nil {
		return err
	}
	*e = apiError(p)
	e.Code, e.Message = clean.Line(e.Code), clean.Short(e.Message, longestMessage)
	for i, f := range e.Fields {
		e.Fields[i] = clean.Line(f)
	}
	return nil
}

// longestMessage is how many characters of the org's words are kept to be read by code; people are shown fewer.
const longestMessage = 1000
