-- Every flight that arrived, and how many minutes late (negative: early).
-- What counts as on time is decided in clean_on_time_arrivals.
select
    flight_id as record_id,
    departed_at as occurred_at,
    origin_state,
    delay_minutes as amount
from flights
where departed_at >= :start
    and departed_at < :end
