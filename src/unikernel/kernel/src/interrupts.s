# Entry points of exceptions and interrupts. An exception never returns: it is a bug, and the stack tells where.

    .text
    .macro exception vector, has_code=0
    .align 16
    .if \has_code == 0
    pushq $0
    .endif
    pushq $\vector
    jmp exception_common
    .endm

    .align 16
    .global exception_stubs
exception_stubs:
    exception 0
    exception 1
    exception 2
    exception 3
    exception 4
    exception 5
    exception 6
    exception 7
    exception 8, 1
    exception 9
    exception 10, 1
    exception 11, 1
    exception 12, 1
    exception 13, 1
    exception 14, 1
    exception 15
    exception 16
    exception 17, 1
    exception 18
    exception 19
    exception 20
    exception 21, 1
    exception 22
    exception 23
    exception 24
    exception 25
    exception 26
    exception 27
    exception 28
    exception 29, 1
    exception 30, 1
    exception 31

exception_common:
    movq %rsp, %rdi
    movq %cr2, %rsi
    andq $-16, %rsp
    call exception
    ud2

# An interrupt only wakes the machine; the local APIC has to be told that it was taken (its register 0xb0).
    .align 16
    .global wake_stub
wake_stub:
    pushq %rax
    movl $0xfee000b0, %eax
    movl $0, (%rax)
    popq %rax
    iretq

    .align 16
    .global spurious_stub
spurious_stub:
    iretq
