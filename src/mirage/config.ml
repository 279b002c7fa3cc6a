(* mirage >= 4.9.0 & < 4.12.0 *)

(* One unikernel for every page: which page it serves is in the archive that it is given as its block device "data". *)
open Mirage

let page =
  let packages =
    [ package ~min:"6.1.0" ~max:"7.0.0" "cohttp-mirage"; package "conduit-mirage"; package "uri" ]
  in
  main ~packages "Unikernel.Main" (kv_ro @-> conduit @-> job)

let data = tar_kv_ro (block_of_file "data")
let connections = conduit_direct (generic_stackv4v6 default_network)
let () = register "page" [ page $ data $ connections ]
