package demoorg

import (
	"fmt"
	"net/http"
)

// apiError is one element of the array with which the REST API refuses.
type apiError struct {
	status  int
	code    string
	message string
	fields  []string
	format  string // what message was made of, to say it in another language
	args    []any
	more    map[string]any // fields beyond the usual three, such as DUPLICATES_DETECTED's list
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

func refuse(status int, code, format string, args ...any) *apiError {
	return &apiError{status: status, code: code, message: fmt.Sprintf(format, args...), format: format, args: args}
}

func bad(code, format string, args ...any) *apiError {
	return refuse(http.StatusBadRequest, code, format, args...)
}

func (e *apiError) on(fields ...string) *apiError { e.fields = fields; return e }

// body is the array with this one error. As in Salesforce, only data errors have fields.
func (e *apiError) body() []ordered {
	o := ordered{{"message", e.message}, {"errorCode", e.code}}
	if e.fields != nil {
		o = append(o, pair{"fields", e.fields})
	}
	for k, v := range e.more {
		o = append(o, pair{k, v})
	}
	return []ordered{o}
}

// inCollection is the error as the result of one record in a composite/sobjects answer.
func (e *apiError) inCollection() ordered {
	fields := e.fields
	if fields == nil {
		fields = []string{}
	}
	return ordered{{"statusCode", e.code}, {"message", e.message}, {"fields", fields}}
}

var (
	errNotFound = func() *apiError {
		return refuse(http.StatusNotFound, "NOT_FOUND", "The requested resource does not exist")
	}
	errSession = func() *apiError {
		return refuse(http.StatusUnauthorized, "INVALID_SESSION_ID", "Session expired or invalid")
	}
)
