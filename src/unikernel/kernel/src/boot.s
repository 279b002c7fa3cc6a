# PVH entry (Xen's start-of-day interface for x86/HVM): 32-bit protected mode, flat segments, no paging, the address
# of the start info in ebx. Switches to long mode with the first 4 GiB mapped to themselves and SSE on.

    .section .note.Xen, "a", @note
    .align 4
    .long 4                         # length of the name
    .long 8                         # length of the address
    .long 18                        # XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .align 4
    .quad boot

    .section .text.boot, "ax"
    .code32
    .global boot
boot:
    cld
    xorl %eax, %eax
    movl $bss_start, %edi
    movl $bss_end, %ecx
    subl %edi, %ecx
    shrl $2, %ecx
    rep stosl

    movl $(page_directory_pointers + 3), page_map
    movl $page_directories, %eax
    orl $3, %eax
    movl $page_directory_pointers, %edi
    movl $4, %ecx
1:  movl %eax, (%edi)
    addl $4096, %eax
    addl $8, %edi
    loop 1b

    movl $0x83, %eax                # present, writable, 2 MiB
    movl $page_directories, %edi
    movl $2048, %ecx
2:  movl %eax, (%edi)
    addl $0x200000, %eax
    addl $8, %edi
    loop 2b

    movl $3, %eax                   # the first 2 MiB, the kernel's, in small pages
    movl $low_pages, %edi
    movl $512, %ecx
3:  movl %eax, (%edi)
    addl $4096, %eax
    addl $8, %edi
    loop 3b
    movl $(low_pages + 3), page_directories

    movl $page_map, %eax
    movl %eax, %cr3
    movl %cr4, %eax
    orl $0x620, %eax                # PAE, OSFXSR, OSXMMEXCPT
    movl %eax, %cr4
    movl $0xc0000080, %ecx          # EFER
    rdmsr
    orl $0x100, %eax                # long mode
    wrmsr
    movl %cr0, %eax
    andl $~0xc, %eax                # no emulation, no task switched
    orl $0x80010022, %eax           # paging, write protect, native FPU errors, monitor
    movl %eax, %cr0
    lgdt gdt_pointer
    ljmp $0x08, $long_mode

    .code64
long_mode:
    movw $0x10, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    xorl %eax, %eax
    movw %ax, %fs
    movw %ax, %gs
    movl $stack_top, %esp
    xorl %ebp, %ebp
    movl %ebx, %edi
    call kernel_main
    ud2

    .section .data
    .align 8
    .global gdt
gdt:
    .quad 0
    .quad 0x00af9a000000ffff        # 64-bit code
    .quad 0x00cf92000000ffff        # data
    .quad 0, 0                      # the task state, filled in later
gdt_pointer:
    .word gdt_pointer - gdt - 1
    .long gdt

    .section .bss.stack, "aw", @nobits
    .align 4096
    .global stack_guard
stack_guard:                        # taken out of the map, so that a stack that overflows is noticed
    .skip 4096
    .skip 65536
stack_top:

    .section .bss, "aw", @nobits
    .align 4096
page_map:
    .skip 4096
    .global page_directory_pointers
page_directory_pointers:
    .skip 4096
    .global page_directories
page_directories:
    .skip 4 * 4096
    .global low_pages
low_pages:
    .skip 4096
