using System.Buffers.Binary;

namespace Diecast.Systems;

/// <summary>The capabilities of files, as <c>security.capability</c> holds them (linux/capability.h).</summary>
internal static class Capabilities
{
    internal const string Attribute = "security.capability";

    // VFS_CAP_REVISION_2 and VFS_CAP_FLAGS_EFFECTIVE.
    private const uint Revision = 0x02000000;
    private const uint Effective = 1;
    private const int Size = 20;

    /// <summary>In the order of their numbers.</summary>
    internal static readonly ValueList<string> Names =
    [
        "cap_chown", "cap_dac_override", "cap_dac_read_search", "cap_fowner", "cap_fsetid", "cap_kill", "cap_setgid", "cap_setuid",
        "cap_setpcap", "cap_linux_immutable", "cap_net_bind_service", "cap_net_broadcast", "cap_net_admin", "cap_net_raw",
        "cap_ipc_lock", "cap_ipc_owner", "cap_sys_module", "cap_sys_rawio", "cap_sys_chroot", "cap_sys_ptrace", "cap_sys_pacct",
        "cap_sys_admin", "cap_sys_boot", "cap_sys_nice", "cap_sys_resource", "cap_sys_time", "cap_sys_tty_config", "cap_mknod",
        "cap_lease", "cap_audit_write", "cap_audit_control", "cap_setfcap", "cap_mac_override", "cap_mac_admin", "cap_syslog",
        "cap_wake_alarm", "cap_block_suspend", "cap_audit_read", "cap_perfmon", "cap_bpf", "cap_checkpoint_restore",
    ];

    /// <summary>The attribute's value: those capabilities, permitted and effective.</summary>
    internal static byte[] Encode(IEnumerable<string> names)
    {
        HashSet<string> wanted = [.. names];
        ulong permitted = 0;
        for (int number = 0; number < Names.Count; number++)
        {
            if (wanted.Contains(Names[number]))
                permitted |= 1UL << number;
        }

        byte[] value = new byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(value, Revision | Effective);
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(4), unchecked((uint)permitted));
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(12), (uint)(permitted >> 32));
        return value;
    }
}
