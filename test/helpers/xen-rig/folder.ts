/** Names the folder of a rig that outlives a test file: who runs several of them sets it, and ends the rig. */
export const RIG_FOLDER_VARIABLE = 'HOTZONE_XEN_RIG';
