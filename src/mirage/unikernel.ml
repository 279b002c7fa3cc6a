(* Serves the one page of an archive, at its own host name and path: GET and HEAD, with the entity tag that a hotzone
   probe and a browser's cache compare. The archive has four files: "host", "path", "head" with finished header lines,
   and "body". *)

open Lwt.Infix

module Main (Data : Mirage_kv.RO) (Connections : Conduit_mirage.S) = struct
  module Server = Cohttp_mirage.Server.Make (Connections)

  type page = { host : string; path : string; headers : Cohttp.Header.t; body : string }

  (* Without its page the machine has nothing to do: it ends, and says why on its console. *)
  let read data name =
    Data.get data (Mirage_kv.Key.v name) >>= function
    | Ok text -> Lwt.return text
    | Error error ->
        Logs.err (fun say -> say "fatal: no %S in the archive: %a" name Data.pp_error error);
        Lwt.fail_with ("the archive has no " ^ name)

  let header_of_line line =
    match String.index_opt line ':' with
    | None -> None
    | Some colon ->
        let value = String.sub line (colon + 1) (String.length line - colon - 1) in
        Some (String.sub line 0 colon, String.trim value)

  let headers_of_head head =
    String.split_on_char '\n' head
    |> List.filter_map header_of_line
    |> Cohttp.Header.of_list

  let load data =
    read data "host" >>= fun host ->
    read data "path" >>= fun path ->
    read data "head" >>= fun head ->
    read data "body" >|= fun body -> { host; path; headers = headers_of_head head; body }

  let asked_host request =
    match Cohttp.Header.get (Cohttp.Request.headers request) "host" with
    | None -> ""
    | Some authority ->
        let without_port =
          match String.index_opt authority ':' with
          | None -> authority
          | Some colon -> String.sub authority 0 colon
        in
        String.lowercase_ascii without_port

  (* Without its query, as the page's own path in the archive is. *)
  let asked_path request =
    match String.split_on_char '?' (Uri.pct_decode (Cohttp.Request.resource request)) with
    | path :: _ -> path
    | [] -> ""

  let is_known page request =
    let headers = Cohttp.Request.headers request in
    match (Cohttp.Header.get headers "if-none-match", Cohttp.Header.get page.headers "etag") with
    | Some "*", _ -> true
    | Some tags, Some own ->
        String.split_on_char ',' tags
        |> List.exists (fun tag ->
               let tag = String.trim tag in
               tag = own || tag = "W/" ^ own)
    | _ -> false

  let plain code text =
    Server.respond_string ~status:(Cohttp.Code.status_of_code code) ~body:(text ^ "\n") ()

  let empty ?(status = `OK) headers =
    Server.respond ~headers ~status ~body:Cohttp_lwt.Body.empty ()

  let answer page request =
    let path = asked_path request in
    if asked_host request <> page.host then plain 421 "Misdirected Request"
    else if path <> page.path && path <> "/" then plain 404 "Not Found"
    else
      match Cohttp.Request.meth request with
      | (`GET | `HEAD) when is_known page request ->
          empty ~status:`Not_modified (Cohttp.Header.remove page.headers "content-length")
      | `HEAD -> empty page.headers
      | `GET -> Server.respond_string ~headers:page.headers ~status:`OK ~body:page.body ()
      | _ -> plain 405 "Method Not Allowed"

  let start data connections =
    load data >>= fun page ->
    Logs.info (fun say -> say "serving %s%s: %d bytes" page.host page.path (String.length page.body));
    let callback _connection request _body = answer page request in
    Server.listen connections (`TCP 80) (Server.make ~callback ())
end
