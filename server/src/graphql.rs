//! GraphQL over HTTP, after the specification of that name, and over `graphql-transport-ws`.
//!
//! No simple request of a foreign page changes anything: POST takes `application/json` alone, GET runs no mutation,
//! and what another origin sends is refused before it comes here.

use async_graphql::parser::types::OperationType;
use async_graphql::{Data, ServerError, Value as GraphqlValue, Variables};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::body::Body;
use axum::extract::{RawQuery, Request, State, WebSocketUpgrade};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Map, Value, json};

use crate::observe::GRAPH_VERSION;
use crate::params::Params;
use crate::state::App;
use crate::{body, negotiate};

const RESPONSE: &str = "application/graphql-response+json";
const LEGACY: &str = "application/json";

/// Bytes of one message over a web socket.
const MESSAGE_BYTES_MAX: usize = 1 << 20;

/// A request that was refused before it was executed.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    fn answer(self, media_type: &'static str) -> Response {
        let errors =
            json!({ "errors": [{ "message": self.message, "extensions": { "code": self.code } }] });
        let mut response = respond(self.status, media_type, errors.to_string());
        match self.status {
            StatusCode::METHOD_NOT_ALLOWED => {
                response
                    .headers_mut()
                    .insert(header::ALLOW, HeaderValue::from_static("POST"));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

/// Runs a query that is in the URL; a mutation there is refused.
pub(crate) async fn query(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let text = query.unwrap_or_default();
    if text.is_empty() && negotiate::names(&headers, "text/html") {
        // Somebody opened the address in a browser.
        return Redirect::to("/#/endpoints").into_response();
    }
    let Some(media_type) = media_type(&headers) else {
        return not_acceptable();
    };
    match from_url(Params::parse(&text)).and_then(only_queries) {
        Ok(request) => execute(&app, request, media_type).await,
        Err(refusal) => refusal.answer(media_type),
    }
}

/// Runs the request in a JSON body.
pub(crate) async fn post(State(app): State<App>, request: Request) -> Response {
    let (parts, content) = request.into_parts();
    let Some(media_type) = media_type(&parts.headers) else {
        return not_acceptable();
    };
    match body::media_type(&parts.headers).as_deref() {
        Some(LEGACY) => {}
        other => {
            let given = other.unwrap_or("none").to_owned();
            return Refusal::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "UNSUPPORTED_MEDIA_TYPE",
                format!(
                    "the body must be `application/json`, not `{}`",
                    given.chars().take(64).collect::<String>()
                ),
            )
            .answer(media_type);
        }
    }
    let limit = app.config.limits.graphql_bytes;
    let bytes = match body::read(&parts.headers, content, "the GraphQL request", limit).await {
        Ok(bytes) => bytes,
        Err(problem) => return problem.into_response(),
    };
    match from_json(&bytes) {
        Ok(request) => execute(&app, request, media_type).await,
        Err(refusal) => refusal.answer(media_type),
    }
}

/// Speaks `graphql-transport-ws`, until the client goes or the server stops.
pub(crate) async fn socket(
    State(app): State<App>,
    protocol: GraphQLProtocol,
    upgrade: WebSocketUpgrade,
) -> Response {
    let mut data = Data::default();
    data.insert(caller());
    upgrade
        .protocols(["graphql-transport-ws"])
        .max_message_size(MESSAGE_BYTES_MAX)
        .on_upgrade(move |stream| async move {
            let session = GraphQLWebSocket::new(stream, app.schema.clone(), protocol)
                .with_data(data)
                .keepalive_timeout(std::time::Duration::from_mins(1));
            tokio::select! {
                () = session.serve() => {}
                () = app.stopping.cancelled() => {}
            }
        })
}

/// Runs a request and answers by the rules of the media type.
async fn execute(app: &App, request: async_graphql::Request, media_type: &'static str) -> Response {
    let permit = match app.graphql().await {
        Ok(permit) => permit,
        Err(problem) => {
            let message = "too many GraphQL requests run already, try again in a second";
            return Refusal::new(problem.status, problem.code, message).answer(media_type);
        }
    };
    let answer = app.schema.execute(request.data(caller())).await;
    drop(permit);
    let refused = is_refused(&answer.data, &answer.errors);
    let status = if refused && media_type == RESPONSE {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let mut document = Map::new();
    if !refused {
        document.insert(
            "data".to_owned(),
            answer.data.into_json().unwrap_or(Value::Null),
        );
    }
    if !answer.errors.is_empty() {
        document.insert(
            "errors".to_owned(),
            serde_json::to_value(&answer.errors).unwrap_or(Value::Null),
        );
    }
    let version = match answer.extensions.get("version") {
        Some(GraphqlValue::Number(number)) => number.as_u64(),
        _ => None,
    };
    if !answer.extensions.is_empty() {
        document.insert(
            "extensions".to_owned(),
            serde_json::to_value(&answer.extensions).unwrap_or(Value::Null),
        );
    }
    let mut response = respond(status, media_type, Value::Object(document).to_string());
    if let Some(version) = version {
        response
            .headers_mut()
            .insert(GRAPH_VERSION, HeaderValue::from(version));
    }
    response
}

/// Says whether the request was refused as a whole: it did not parse, did not validate or went over a limit.
///
/// An error of a field has a path, and then there is data, be it null.
fn is_refused(data: &GraphqlValue, errors: &[ServerError]) -> bool {
    *data == GraphqlValue::Null
        && !errors.is_empty()
        && errors.iter().all(|error| error.path.is_empty())
}

/// Who asks. There is no authentication yet, so it is nobody in particular.
fn caller() -> graphql_api::Caller {
    graphql_api::Caller {
        name: "anonymous".to_owned(),
    }
}

/// Chooses the media type of the answer; the old one unless the new one is asked for by name.
fn media_type(headers: &HeaderMap) -> Option<&'static str> {
    let offers: &[&'static str] = if negotiate::names(headers, RESPONSE) {
        &[RESPONSE, LEGACY]
    } else {
        &[LEGACY]
    };
    negotiate::choose(headers, offers).and_then(|index| offers.get(index).copied())
}

fn not_acceptable() -> Response {
    Refusal::new(
        StatusCode::NOT_ACCEPTABLE,
        "NOT_ACCEPTABLE",
        format!("the answer can be `{RESPONSE}` or `{LEGACY}`, and the request accepts neither"),
    )
    .answer(LEGACY)
}

fn respond(status: StatusCode, media_type: &'static str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "accept"),
    ];
    (status, headers, Body::from(text)).into_response()
}

/// Reads a request out of a URL's parameters.
fn from_url(mut params: Params) -> Result<async_graphql::Request, Refusal> {
    let mut take = |name: &str| {
        params
            .one(name)
            .map_err(|_| Refusal::bad(format!("the parameter `{name}` may be given once")))
    };
    let query = take("query")?;
    let mut object = Map::new();
    if let Some(query) = query {
        object.insert("query".to_owned(), Value::String(query));
    }
    if let Some(name) = take("operationName")?.filter(|name| !name.is_empty()) {
        object.insert("operationName".to_owned(), Value::String(name));
    }
    for name in ["variables", "extensions"] {
        if let Some(text) = take(name)?.filter(|text| !text.is_empty()) {
            let value = serde_json::from_str(&text)
                .map_err(|_| Refusal::bad(format!("the parameter `{name}` is not JSON")))?;
            object.insert(name.to_owned(), value);
        }
    }
    from_object(object)
}

/// Reads a request out of a JSON body.
fn from_json(bytes: &[u8]) -> Result<async_graphql::Request, Refusal> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => from_object(object),
        Ok(Value::Array(_)) => Err(Refusal::bad(
            "several requests in one are not supported: send them one by one",
        )),
        Ok(_) => Err(Refusal::bad("the body is not a JSON object")),
        Err(error) => Err(Refusal::bad(format!(
            "the body is not JSON (line {}, column {})",
            error.line(),
            error.column()
        ))),
    }
}

/// Checks the types of the four members that the specification knows.
fn from_object(mut object: Map<String, Value>) -> Result<async_graphql::Request, Refusal> {
    let Some(Value::String(query)) = object.remove("query") else {
        return Err(Refusal::bad("`query` is missing or not a string"));
    };
    let mut request = async_graphql::Request::new(query);
    match object.remove("operationName") {
        None | Some(Value::Null) => {}
        Some(Value::String(name)) => request = request.operation_name(name),
        Some(_) => return Err(Refusal::bad("`operationName` is not a string")),
    }
    match object.remove("variables") {
        None | Some(Value::Null) => {}
        Some(variables @ Value::Object(_)) => {
            request = request.variables(Variables::from_json(variables));
        }
        Some(_) => return Err(Refusal::bad("`variables` is not an object")),
    }
    match object.remove("extensions") {
        None | Some(Value::Null | Value::Object(_)) => Ok(request),
        Some(_) => Err(Refusal::bad("`extensions` is not an object")),
    }
}

/// Refuses a mutation and a subscription, which GET must not run.
fn only_queries(mut request: async_graphql::Request) -> Result<async_graphql::Request, Refusal> {
    // The parser recurses, so that the limits look at the text before it does.
    let (text, name) = (&request.query, request.operation_name.as_deref());
    if graphql_api::limits::check(
        text,
        &request.variables,
        name,
        &graphql_api::Limits::default(),
    )
    .is_err()
    {
        // Executing makes the same check first, reports it and does nothing else.
        return Ok(request);
    }
    let chosen = request.operation_name.clone();
    let Ok(document) = request.parsed_query() else {
        return Ok(request);
    };
    let operations = document.operations.iter();
    let mut chosen = operations.filter(|(name, _)| match &chosen {
        Some(chosen) => name.is_some_and(|name| name.as_str() == chosen),
        None => true,
    });
    if chosen.any(|(_, operation)| operation.node.ty != OperationType::Query) {
        return Err(Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            "GET runs queries only: send a mutation by POST, subscribe at /graphql/ws",
        ));
    }
    Ok(request)
}
