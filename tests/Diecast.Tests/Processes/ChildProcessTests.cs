using Diecast.Formats;
using Diecast.Processes;

namespace Diecast.Tests.Processes;

public sealed class ChildProcessTests : IDisposable
{
    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void The_output_is_a_stream_and_the_messages_go_to_the_log()
    {
        string text = ChildProcess.RunForText(Shell("echo out; echo one >&2; printf two >&2"), default);
        Assert.Equal("out\n", text);
        Assert.Equal("one\ntwo", File.ReadAllText(_temp["log"]));
    }

    [Fact]
    public void A_failure_tells_the_code_the_last_lines_and_the_log()
    {
        var exception = Assert.Throws<BuildException>(() => ChildProcess.RunForText(Shell("seq 1 100 >&2; exit 7"), default));
        Assert.Contains("ended with 7", exception.Message, StringComparison.Ordinal);
        Assert.Contains("\n  81\n", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n  80\n", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("\n  100", exception.Message, StringComparison.Ordinal);
        Assert.Equal(_temp["log"], exception.Log);
        Assert.Equal(100, File.ReadAllLines(_temp["log"]).Length);
    }

    [Fact]
    public void A_signal_is_told()
    {
        var exception = Assert.Throws<BuildException>(() => ChildProcess.RunForText(Shell("kill -9 $$"), default));
        Assert.Contains("signal 9", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_is_not_there_is_told_with_the_fix()
    {
        var start = new ChildProcessStart { Program = "no-such-program", MissingFix = "apt install it" };
        var exception = Assert.Throws<BuildException>(() => ChildProcess.RunForText(start, default));
        Assert.Equal(("no-such-program is not installed", "apt install it"), (exception.Message, exception.Fix));
    }

    [Fact]
    public void Nothing_of_the_environment_is_inherited()
    {
        Environment.SetEnvironmentVariable("DIECAST_TEST_LEAK", "1");
        string text = ChildProcess.RunForText(new ChildProcessStart { Program = "env" }, default);
        Assert.Equal(["HOME", "LANG", "LC_ALL", "PATH", "TZ"], text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=')[0]));
    }

    [ToolFact("ps")]
    public void A_child_leads_a_session_of_its_own_with_signals_at_their_defaults()
    {
        string[] words = ChildProcess.RunForText(Shell("ps -o pid=,pgid=,sid= -p $$; grep SigIgn /proc/self/status"), default)
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(words[0], words[1]);
        Assert.Equal(words[0], words[2]);
        // The C library keeps signals 32 and 33 for itself.
        Assert.Equal(0UL, Convert.ToUInt64(words[4], 16) & 0x7fff_ffff);
    }

    [ToolFact("pgrep")]
    public void Cancelling_ends_the_whole_group_and_what_ignores_the_request_is_killed()
    {
        using var cancellation = new CancellationTokenSource();
        ChildProcessStart start = Shell("trap '' TERM; sleep 876543 & (trap '' TERM; sleep 876543) & echo ready; wait") with
        {
            Grace = TimeSpan.FromMilliseconds(200),
        };
        Assert.ThrowsAny<OperationCanceledException>(() => ChildProcess.Run(
            start,
            output =>
            {
                using var reader = new StreamReader(output);
                string? line = reader.ReadLine();
                cancellation.Cancel();
                return line + reader.ReadToEnd();
            },
            cancellation.Token));
        AssertNoneLeft("sleep 876543");
    }

    [ToolFact("pgrep")]
    public void What_a_program_leaves_behind_ends_with_it()
    {
        Assert.Equal("done\n", ChildProcess.RunForText(Shell("sleep 765432 >/dev/null 2>&1 & echo done"), default));
        AssertNoneLeft("sleep 765432");
    }

    [ToolFact("pgrep")]
    public void A_fault_of_the_reader_ends_the_program_and_is_what_is_told()
    {
        Assert.Throws<InvalidDataException>(
            () => ChildProcess.Run<int>(Shell("echo x; sleep 654321"), _ => throw new InvalidDataException(), default));
        AssertNoneLeft("sleep 654321");
    }

    [Fact]
    public void Where_the_program_fails_its_own_words_count_and_not_its_readers()
    {
        var exception = Assert.Throws<BuildException>(() => ChildProcess.Run<int>(
            Shell("echo why >&2; exit 3"),
            output =>
            {
                Assert.Equal(-1, output.ReadByte());
                throw new InvalidImageException("tar", "cut short");
            },
            default));
        Assert.Contains("why", exception.Message, StringComparison.Ordinal);
    }

    private static void AssertNoneLeft(string command)
    {
        // A killed process does nothing more, and is seen as running until a processor is free to bury it: it is asked for until then.
        // After that it stays visible until its new parent has taken its status; -r leaves such zombies out.
        string left = "";
        for (int i = 0; i < 100; i++)
        {
            (int exitCode, left) = Tool.Run("pgrep", "-r", "R,S,D,T", "-f", "^" + command);
            if (exitCode != 0)
                return;
        }

        Assert.Fail("still there: " + left);
    }

    private ChildProcessStart Shell(string script) => new() { Program = "sh", Arguments = ["-c", script], LogPath = _temp["log"] };
}
