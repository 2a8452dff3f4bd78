using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Native;

/// <summary>
/// Starts a program as the leader of a session of its own, which the base library cannot: whatever it starts can then
/// be ended with one signal to the group, and a Ctrl-C at the terminal does not reach it behind our back.
/// </summary>
internal static partial class Spawn
{
    // Larger than posix_spawnattr_t (336), posix_spawn_file_actions_t (80) and sigset_t (128) of any C library.
    private const int AttributeSize = 1024;
    private const int ActionsSize = 512;
    private const int SignalSetSize = 256;
    private const int SignalInfoSize = 128;

    // <spawn.h>, the same in glibc and musl.
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short NewSession = 0x80;

    private const int CloseOnExec = 0x80000;
    private const int ReadOnly = 0;
    private const int EINTR = 4;
    private const int IdTypeProcess = 1;
    private const int WaitExited = 4;
    private const int WaitLeaveZombie = 0x01000000;
    private const int CodeExited = 1;

    internal const int SignalKill = 9;
    internal const int SignalTerminate = 15;

    /// <summary>Starts a program with an empty input and its outputs on the two descriptors.</summary>
    /// <returns>The process id, which is also its group's.</returns>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    internal static unsafe int Start(
        string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, string directory,
        SafeFileHandle output, SafeFileHandle error)
    {
        byte* attributes = stackalloc byte[AttributeSize];
        byte* actions = stackalloc byte[ActionsSize];
        byte* signals = stackalloc byte[SignalSetSize];
        byte** argv = Strings([path, .. arguments]);
        byte** envp = Strings(environment);
        Check(AttributesInit(attributes));
        Check(ActionsInit(actions));
        try
        {
            // The runtime ignores SIGPIPE and blocks nothing; the child starts with every signal at its default.
            _ = FillSignals(signals);
            Check(AttributesSetDefaults(attributes, signals));
            _ = EmptySignals(signals);
            Check(AttributesSetMask(attributes, signals));
            Check(AttributesSetFlags(attributes, NewSession | SetSignalDefaults | SetSignalMask));
            Check(ActionsOpen(actions, 0, "/dev/null", ReadOnly, 0));
            Check(ActionsDuplicate(actions, (int)output.DangerousGetHandle(), 1));
            Check(ActionsDuplicate(actions, (int)error.DangerousGetHandle(), 2));
            Check(ActionsChangeDirectory(actions, directory));
            int process;
            Check(PosixSpawn(&process, path, actions, attributes, argv, envp));
            return process;
        }
        finally
        {
            _ = ActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
            Free(argv);
            Free(envp);
            GC.KeepAlive(output);
            GC.KeepAlive(error);
        }
    }

    /// <summary>A pipe whose ends are closed in programs that are started.</summary>
    internal static unsafe (SafeFileHandle Read, SafeFileHandle Write) CreatePipe()
    {
        int* ends = stackalloc int[2];
        if (Pipe(ends, CloseOnExec) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        return (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    /// <summary>Waits until a child has ended and leaves it as a zombie, so that its number stays taken.</summary>
    internal static unsafe void WaitUntilEnded(int process)
    {
        byte* info = stackalloc byte[SignalInfoSize];
        while (WaitId(IdTypeProcess, process, info, WaitExited | WaitLeaveZombie) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != EINTR)
                throw new Win32Exception(error);
        }
    }

    /// <summary>Takes the ended child's status: its exit code, or the number of the signal that ended it.</summary>
    internal static unsafe (int ExitCode, int Signal) Reap(int process)
    {
        byte* info = stackalloc byte[SignalInfoSize];
        while (WaitId(IdTypeProcess, process, info, WaitExited) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != EINTR)
                throw new Win32Exception(error);
        }

        // siginfo_t of 64-bit Linux: si_code at 8, si_status at 24.
        int code = *(int*)(info + 8);
        int status = *(int*)(info + 24);
        return code == CodeExited ? (status, 0) : (-1, status);
    }

    /// <summary>Sends a signal to all processes of a group; those that have gone are no error.</summary>
    internal static void SignalGroup(int group, int signal) => _ = Kill(-group, signal);

    private static void Check(int error)
    {
        if (error != 0)
            throw new Win32Exception(error);
    }

    private static unsafe byte** Strings(IReadOnlyList<string> texts)
    {
        byte** array = (byte**)NativeMemory.AllocZeroed((nuint)(texts.Count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Count; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(texts[i]);
            array[i] = (byte*)NativeMemory.AllocZeroed((nuint)(bytes.Length + 1));
            bytes.CopyTo(new Span<byte>(array[i], bytes.Length));
        }

        return array;
    }

    private static unsafe void Free(byte** array)
    {
        for (byte** item = array; *item is not null; item++)
            NativeMemory.Free(*item);
        NativeMemory.Free(array);
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int PosixSpawn(int* process, string path, byte* actions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static unsafe partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static unsafe partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static unsafe partial int AttributesSetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static unsafe partial int AttributesSetDefaults(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static unsafe partial int AttributesSetMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static unsafe partial int ActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static unsafe partial int ActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int ActionsOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static unsafe partial int ActionsDuplicate(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int ActionsChangeDirectory(byte* actions, string path);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static unsafe partial int FillSignals(byte* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static unsafe partial int EmptySignals(byte* signals);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static unsafe partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static unsafe partial int WaitId(int type, int process, byte* info, int options);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
