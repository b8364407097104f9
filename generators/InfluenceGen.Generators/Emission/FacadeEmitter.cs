using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Emission;

/// <summary>
/// Prints what users call on their own class, so that nobody writes type arguments by hand. Every type is named from <c>global::</c>
/// on, so that the text means the same wherever it stands: no name around it and no using directive is read.
/// </summary>
internal sealed class FacadeEmitter(ModelSpec spec, ModelGraph model, CodeWriter output)
{
    /// <summary>The private type that reads one object: besides the members that users call the only one that stands in their class.</summary>
    public const string Rows = "__InfluenceGenRows";

    private const string Sets = "global::InfluenceGen.Examples.", Training = "global::InfluenceGen.Training.",
        Invariant = "global::System.Globalization.CultureInfo.InvariantCulture";

    private bool _hasParts;

    /// <summary>Sizes that neither the declaration nor the examples tell.</summary>
    private string SizeParameters => string.Concat(OpenSizes.Select(size => $", int {size}"));

    private string SizeArguments => string.Concat(OpenSizes.Select(size => $", {size}"));

    private IEnumerable<string> OpenSizes => model.AskedDimensions.Select(dimension => dimension.Name);

    private bool HasTables => model.Blocks.Any(block => block.IsTable);

    public void Emit()
    {
        if (HasTables)
        {
            ReadRatings();
        }
        else if (spec.FeatureProperties.Count > 0)
        {
            ReadRecords();
        }
        else
        {
            ReadColumns();
        }

        var type = spec.Member("Model");
        Method([
            "/// <summary>A ledger of who gives influence and who gets it, kept while a model trains.</summary>",
            "/// <param name=\"train\">The training set.</param>",
            "/// <param name=\"deployment\">The deployment set; the sets are matched by name.</param>",
            .. SizeDocumentation,
            "/// <exception cref=\"global::System.ArgumentException\">The sets do not fit this model or each other.</exception>"],
            $"global::InfluenceGen.Reciprocity.Ledger<{type}, {Number}> {spec.Member("Ledger")}({Examples} train, {Examples} deployment{SizeParameters})",
            $"new({type}.For(train{SizeArguments}), train, deployment);");
        Method([
            "/// <summary>Trains the model.</summary>",
            "/// <param name=\"train\">The training set.</param>",
            "/// <param name=\"plan\">How to train.</param>",
            .. SizeDocumentation,
            "/// <param name=\"observers\">Who watches, such as a ledger.</param>",
            "/// <exception cref=\"global::System.ArgumentException\">The set does not fit this model, or the plan the set.</exception>",
            $"/// <exception cref=\"{Training}TrainingDivergedException\">The step size is too large; the message suggests another.</exception>"],
            $"{Training}Fit<{type}, {Number}> {spec.Member("Train")}({Examples} train, {Training}GradientDescent plan{SizeParameters}, "
                + $"params {Training}ITrainingObserver<{Number}>[] observers)",
            $"{Training}Trainer.Train<{type}, {Number}>({type}.For(train{SizeArguments}), train, plan, observers);");
    }

    private IEnumerable<string> SizeDocumentation =>
        OpenSizes.Select(size => $"/// <param name=\"{size}\">{(HasTables ? "The embeddings' dimension" : "The units of a hidden layer, counted from the inputs on")}.</param>");

    private void ReadRatings()
    {
        if (spec.ItemProperty is null && (spec.HasWeights || spec.HasOffsets))
        {
            string[] columns = ["user", "item", "rating"];
            Read(["/// <summary>Reads ratings from a CSV file with a header, perhaps by the users and items of another set.</summary>",
                PathDocumentation,
                .. columns.Select(column => $"/// <param name=\"{column}\">The column of the {column}.</param>"),
                .. ColumnDocumentation, MaybeLikeDocumentation, FileException, LikeException],
                $"string path, string user, string item, string rating{ColumnParameters}, {Examples}? like = null",
                "like is null",
                $"    ? {Sets}RatingsFile.ReadCsv<{Number}>(path, user, item, rating{ColumnArguments})",
                $"    : {Sets}RatingsFile.ReadCsv<{Number}>(path, user, item, rating{ColumnArguments}).Like(like);");
            return;
        }

        if (spec.ItemProperty is not { } item)
        {
            Read(["/// <summary>Reads ratings: a line for each, holding user, item and rating, separated by blanks or tabs.</summary>",
                PathDocumentation, FileException], "string path", $"{Sets}RatingsFile.Read<{Number}>(path);");
            ReadLike();
            return;
        }

        var (user, rating) = (spec.IndividualProperty!, spec.LabelProperty!);
        Read(["/// <summary>Reads ratings from a CSV file with a header whose columns are those of the marked properties.</summary>",
            PathDocumentation, FileException], "string path",
            $"{Sets}RatingsFile.ReadCsv<{Number}>(path, {Quoted(user.Column)}, {Quoted(item.Column)}, {Column(rating)}{PropertyColumns});");
        ReadLike();
        From("/// <summary>Makes one rating of each object",
            "/// <exception cref=\"global::System.ArgumentException\">There is none or one is null, a name is missing, a rating is not finite, or a user rates an item twice.</exception>",
            [$"{Sets}RecordExamples.Ratings<{Row}, {Number}>(rows, {Rows}.User, {Rows}.Item, {Rows}.Rating, like{PropertyReaders});"],
            () => output.Lines([
                $"internal static string? User({Row} row) => {Name(user)};",
                "",
                $"internal static string? Item({Row} row) => {Name(item)};",
                "",
                $"internal static {Number} Rating({Row} row) => {Value(rating)};",
                .. ReadersOfProperties]));

        void ReadLike() => Read(
            ["/// <summary>Reads ratings by the users and items of another set, such as those of a test file after the training file.</summary>",
                PathDocumentation, LikeDocumentation, FileException, LikeException],
            $"string path, {Examples} like", $"{spec.Member("Read")}(path).Like(like);");
    }

    private void ReadColumns()
    {
        if (OneLabel)
        {
            Read(["/// <summary>Reads a CSV file with a header; every column but the label and the individual is a feature.</summary>",
                PathDocumentation,
                IsOfClasses
                    ? $"/// <param name=\"label\">The column of the class, a number from 0{(spec.Outputs == 0 ? " up: each that occurs is a class" : $" to {Signatures.Invariant(spec.Outputs - 1)}, or one of as many others")}.</param>"
                    : "/// <param name=\"label\">The column to be predicted.</param>",
                IndividualDocumentation, MaybeLikeDocumentation, .. ColumnDocumentation, FileException, LikeException],
                $"string path, string label{ColumnParameters}, string? individual = null, {Examples}? like = null",
                $"{Sets}CsvExamples.Read<{Number}>(path, label, individual, {Domain}{(IsOfClasses ? Classes(", classes: ") : "")}, like: like{ColumnArguments});");
        }

        if (IsOfClasses || !OneLabel)
        {
            Read(["/// <summary>Reads a CSV file with a header; every column but the labels and the individual is a feature.</summary>",
                PathDocumentation,
                IsOfClasses
                    ? "/// <param name=\"labels\">The columns of the shares of each class, which add up to 1.</param>"
                    : "/// <param name=\"labels\">The columns to be predicted, one for each output.</param>",
                IndividualDocumentation, MaybeLikeDocumentation, .. ColumnDocumentation, FileException, LikeException],
                $"string path, global::System.Collections.Generic.IReadOnlyList<string> labels{ColumnParameters}, string? individual = null, {Examples}? like = null",
                $"{Sets}CsvExamples.Read<{Number}>(path, labels, individual, {Domain}, like: like{ColumnArguments});");
        }

        Read(["/// <summary>Reads the same columns of another CSV file, such as those of the test file after the training file.</summary>",
            PathDocumentation, LikeDocumentation, FileException, LikeException],
            $"string path, {Examples} like", $"{Sets}CsvExamples.Read<{Number}>(path, like, {Domain});");
    }

    private void ReadRecords()
    {
        var features = spec.FeatureProperties;
        var label = spec.LabelProperty!;
        Read(["/// <summary>Reads a CSV file with a header whose columns are those of the marked properties.</summary>",
            PathDocumentation, FileException], "string path", $"{spec.Member("Read")}(path, null);");
        Read(["/// <summary>Reads a CSV file in the order of another set, such as a test file after the training file.</summary>",
            PathDocumentation, MaybeLikeDocumentation, FileException, LikeException],
            $"string path, {Examples}? like",
            $"{Sets}CsvExamples.Read<{Number}>(path, {Column(label)}, {(spec.IndividualProperty is { } person ? Quoted(person.Column) : "null")}, {Domain},",
            $"    [{string.Join(", ", features.Select(Columns))}]{(IsOfClasses && label.Kind == PropertyKind.Number ? Classes(", ") : "")}, like: like{PropertyColumns});");

        var classes = !IsOfClasses ? ""
            : (label.Kind == PropertyKind.Choice
                ? $"[{string.Join(", ", label.Members.Select(member => Quoted(member.Name)))}]"
                : Signatures.Invariant(spec.Outputs)) + ", ";
        var individual = spec.IndividualProperty is null ? "null" : Rows + ".Individual";
        From("/// <summary>Makes one example of each object",
            "/// <exception cref=\"global::System.ArgumentException\">There is none or one is null, or a value is not finite or no label of this model.</exception>",
            [$"{Sets}RecordExamples.{(IsOfClasses ? "FromClasses" : "From")}<{Row}, {Number}>(rows,",
                $"    [{string.Join(", ", features.SelectMany(feature => feature.Kind == PropertyKind.Numbers ? [Columns(feature)] : feature.FeatureNames.Select(Quoted)))}], {Rows}.Features,",
                $"    {Rows}.Label, {classes}{individual}{(IsOfClasses ? "" : ", " + Domain)}, like{PropertyReaders});"],
            () =>
            {
                output.Block($"internal static void Features({Row} row, global::System.Span<{Number}> features)", () =>
                {
                    var place = 0;
                    foreach (var feature in features)
                    {
                        var at = Signatures.Invariant(place);
                        output.Line(feature.Kind switch
                        {
                            PropertyKind.Choice => $"features[{(place == 0 ? "" : at + " + ")}{Member(feature)}] = 1;",
                            PropertyKind.Numbers =>
                                $"{Sets}RecordExamples.Copy(row.{feature.Name}, features.Slice({at}, {Signatures.Invariant(feature.Length)}), {Quoted(feature.Column)});",
                            _ => $"features[{at}] = {Value(feature)};",
                        });
                        place += feature.Columns;
                    }
                });
                output.Lines("", !IsOfClasses ? $"internal static {Number} Label({Row} row) => {Value(label)};"
                    : label.Kind == PropertyKind.Choice ? $"internal static int Label({Row} row) => {Member(label)};"
                    : $"internal static long Label({Row} row) => row.{label.Name};");
                if (spec.IndividualProperty is { } named)
                {
                    output.Lines("", $"internal static string? Individual({Row} row) => {Name(named)};");
                }

                output.Lines([.. ReadersOfProperties]);
            });
    }

    /// <summary>A method of one expression, which may be of several lines, below its documentation.</summary>
    private void Method(IEnumerable<string> documentation, string signature, params string[] expression)
    {
        Part(documentation);
        output.Line($"public static {signature} =>");
        output.Indent(() => output.Lines(expression));
    }

    /// <summary>What stands above a member: a blank line unless it is the first, its documentation and whose it is.</summary>
    private void Part(IEnumerable<string> documentation)
    {
        if (_hasParts)
        {
            output.Line();
        }

        _hasParts = true;
        output.Lines([.. documentation, GuestMarks.Attributes]);
    }

    private void Read(IEnumerable<string> documentation, string parameters, params string[] expression) =>
        Method(documentation, $"{Examples} {spec.Member("Read")}({parameters})", expression);

    /// <summary>The methods that read objects, and the type that reads one.</summary>
    private void From(string summary, string exception, string[] expression, System.Action readers)
    {
        const string RowsDocumentation = "/// <param name=\"rows\">The objects.</param>";
        var rows = $"global::System.Collections.Generic.IEnumerable<{Row}> rows";
        Method([summary + ".</summary>", RowsDocumentation, exception],
            $"{Examples} {spec.Member("From")}({rows})", $"{spec.Member("From")}(rows, null);");
        Method([summary + ", in the order of another set.</summary>", RowsDocumentation, MaybeLikeDocumentation, exception, LikeException],
            $"{Examples} {spec.Member("From")}({rows}, {Examples}? like)", expression);
        Part(["/// <summary>How one object is read.</summary>"]);
        output.Block($"private static class {Rows}", readers);
    }

    private const string PathDocumentation = "/// <param name=\"path\">The file.</param>";

    private const string FileException =
        $"/// <exception cref=\"{Sets}ExampleDataException\">The file cannot be used; the message says where and why.</exception>";

    private const string LikeDocumentation =
        "/// <param name=\"like\">The other set, such as the training set: what has a name is put in its order.</param>";

    private const string MaybeLikeDocumentation =
        "/// <param name=\"like\">Another set, such as the training set, if there is one: what has a name is put in its order.</param>";

    private const string LikeException =
        "/// <exception cref=\"global::System.ArgumentException\">What has a name in one of the sets is missing in the other; the message names it.</exception>";

    private const string IndividualDocumentation =
        "/// <param name=\"individual\">The column that names the individual; without it every row is an individual of its own, and of this file.</param>";

    /// <summary>The columns that a model without marked properties reads beside features and label.</summary>
    private IEnumerable<string> OwnColumns => new[] { spec.HasWeights ? "weight" : "", spec.HasOffsets ? "offset" : "" }
        .Where(column => column.Length > 0);

    private string ColumnParameters => string.Concat(OwnColumns.Select(column => $", string {column}"));

    private string ColumnArguments => string.Concat(OwnColumns.Select(column => $", {column}: {column}"));

    private IEnumerable<string> ColumnDocumentation => OwnColumns.Select(column => $"/// <param name=\"{column}\">The column of the {column}.</param>");

    /// <summary>The marked properties beside features and label: what they are called as arguments, and as methods that read them.</summary>
    private IEnumerable<(string Argument, string Reader, PropertySpec Property)> OwnProperties =>
        from own in new[] { ("weight", "Weight", spec.WeightProperty), ("offset", "Offset", spec.OffsetProperty) }
        where own.Item3 is not null
        select (own.Item1, own.Item2, own.Item3);

    private string PropertyColumns => string.Concat(OwnProperties.Select(own => $", {own.Argument}: {Quoted(own.Property.Column)}"));

    private string PropertyReaders => string.Concat(OwnProperties.Select(own => $", {own.Argument}: {Rows}.{own.Reader}"));

    private IEnumerable<string> ReadersOfProperties => OwnProperties.SelectMany(own => new[]
    {
        "", $"internal static {Number} {own.Reader}({Row} row) => {Value(own.Property)};",
    });

    private string Number => spec.IsSingle ? "float" : "double";

    private string Examples => $"{Sets}ExampleSet<{Number}>";

    /// <summary>The user's type.</summary>
    private string Row => spec.QualifiedName;

    private string Domain => $"global::InfluenceGen.Examples.LabelDomain.{model.Loss.Labels}";

    private bool IsOfClasses => model.Loss.Labels == "Distribution";

    /// <summary>Whether a label is one number or one class.</summary>
    private bool OneLabel => IsOfClasses || spec.Outputs == 1;

    /// <summary>The argument that is the number of classes, if it is known.</summary>
    private string Classes(string before) => spec.Outputs == 0 ? "" : before + Signatures.Invariant(spec.Outputs);

    private static string Column(PropertySpec property) => property.Kind switch
    {
        PropertyKind.Boolean => $"{Sets}CsvColumn.Boolean({Quoted(property.Column)})",
        PropertyKind.Choice => $"{Sets}CsvColumn.OneOf({Quoted(property.Column)}, [{string.Join(", ", property.Members.Select(member => Quoted(member.Name)))}])",
        _ => Quoted(property.Column),
    };

    /// <summary>The column of a property, or those of an array.</summary>
    private static string Columns(PropertySpec property) => property.Kind == PropertyKind.Numbers
        ? $".. {Sets}RecordExamples.Columns({Quoted(property.Column)}, {Signatures.Invariant(property.Length)})"
        : Column(property);

    private string Value(PropertySpec property) => property.Kind == PropertyKind.Boolean
        ? $"row.{property.Name} ? 1 : 0"
        : $"({Number})row.{property.Name}";

    /// <summary>The place of a value among the members of its enum, which are told by their values: a name might be obsolete.</summary>
    private static string Member(PropertySpec property) =>
        $"{Sets}RecordExamples.Member(row.{property.Name}, [{string.Join(", ", property.Members.Select(member => member.Value.ToString(CultureInfo.InvariantCulture)))}], {Quoted(property.Column)})";

    private static string Name(PropertySpec property) => property.Kind == PropertyKind.Text
        ? $"row.{property.Name}"
        : $"row.{property.Name}.ToString(null, {Invariant})";

    /// <summary>A string literal. What cannot be seen, or would end a line, is written by its number.</summary>
    private static string Quoted(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (var character in text)
        {
            if (character is '"' or '\\')
            {
                literal.Append('\\').Append(character);
            }
            else if (char.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate)
            {
                literal.Append("\\u").Append(((int)character).ToString("X4", CultureInfo.InvariantCulture));
            }
            else
            {
                literal.Append(character);
            }
        }

        return literal.Append('"').ToString();
    }
}
