using System.Text;
using Xunit.Sdk;

namespace Diecast.Boot.Tests;

/// <summary>The harness itself, with a boot sector that greets, echoes a line and resets the machine.</summary>
public sealed class QemuTests
{
    private const int GreetingAt = 0x100;

    private static readonly byte[] Program =
    [
        0xfc,             // cld
        0x31, 0xc0,       // xor ax, ax
        0x8e, 0xd8,       // mov ds, ax
        0xba, 0xf8, 0x03, // mov dx, 0x3f8: the serial line's data
        0xbe, 0x00, 0x7d, // mov si, greeting
        0xac,             // next: lodsb
        0x84, 0xc0,       // test al, al
        0x74, 0x03,       // jz wait
        0xee,             // out dx, al
        0xeb, 0xf8,       // jmp next
        0xba, 0xfd, 0x03, // wait: mov dx, 0x3fd: its status
        0xec,             // again: in al, dx
        0xa8, 0x01,       // test al, 1
        0x74, 0xfb,       // jz again
        0xba, 0xf8, 0x03, // mov dx, 0x3f8
        0xec,             // in al, dx
        0xee,             // out dx, al
        0x3c, 0x0d,       // cmp al, '\r'
        0x75, 0xef,       // jne wait
        0xb0, 0xfe,       // mov al, 0xfe
        0xe6, 0x64,       // out 0x64, al: reset
        0xf4,             // halt: hlt
        0xeb, 0xfd,       // jmp halt
    ];

    [ToolFact("qemu-system-x86_64")]
    public void A_machine_is_read_from_and_typed_to_until_it_ends()
    {
        using var directory = new TempDirectory();
        using Qemu machine = Start(directory, "\u001b[1mhello\u001b[0m, 42 worlds\r\n");
        Assert.Equal("42", machine.Expect("^hello, ([0-9]+) worlds$").Groups[1].Value);
        machine.Send("ping");
        machine.Expect("ping");
        machine.ExpectEnd();
        Assert.EndsWith("hello, 42 worlds\nping", machine.Transcript, StringComparison.Ordinal);
    }

    [ToolFact("qemu-system-x86_64")]
    public void A_panic_fails_at_once_with_the_transcript()
    {
        using var directory = new TempDirectory();
        using Qemu machine = Start(directory, "before\r\nKernel panic - not syncing: test\r\n");
        XunitException failure = Assert.ThrowsAny<XunitException>(() => machine.Expect("login:"));
        Assert.StartsWith("'Kernel panic - ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("before\n", failure.Message, StringComparison.Ordinal);
    }

    [ToolFact("qemu-system-x86_64")]
    public void A_machine_that_ends_too_early_fails_at_once()
    {
        using var directory = new TempDirectory();
        using Qemu machine = Start(directory, "hello\r\n");
        machine.Expect("hello");
        machine.Send("");
        Assert.StartsWith("QEMU ended while 'login:'", Assert.ThrowsAny<XunitException>(() => machine.Expect("login:")).Message, StringComparison.Ordinal);
    }

    [ToolFact("qemu-system-x86_64")]
    public void What_qemu_refuses_is_in_the_failure()
    {
        using var directory = new TempDirectory();
        using Qemu machine = Qemu.Start(new QemuOptions { Disks = [new QemuDisk(directory["missing.img"])] });
        Assert.Contains("missing.img", Assert.ThrowsAny<XunitException>(() => machine.Expect("login:")).Message, StringComparison.Ordinal);
    }

    private static Qemu Start(TempDirectory directory, string greeting)
    {
        byte[] disk = new byte[1 << 20];
        Program.CopyTo(disk, 0);
        Encoding.ASCII.GetBytes(greeting).CopyTo(disk, GreetingAt);
        disk[510] = 0x55;
        disk[511] = 0xaa;
        File.WriteAllBytes(directory["disk.img"], disk);
        return Qemu.Start(new QemuOptions { Disks = [new QemuDisk(directory["disk.img"])], MemoryMiB = 64, Processors = 1 });
    }
}
